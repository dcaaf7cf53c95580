import { resolve } from 'node:path';
import { Writable } from 'node:stream';
import { type IRunEnvironment, loadConfiguration, runCucumber } from '@cucumber/cucumber/api';
import type { Envelope } from '@cucumber/messages';
import { createNames, type ScenarioName } from '../../report/index.ts';

const root = resolve(import.meta.dirname, '../..');

/**
 * Every scenario of features/, rows of outlines too, named as run.json names it, in the order of the files. Nothing is
 * run.
 */
export async function scenariosHere(): Promise<ScenarioName[]> {
  const silent = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  const environment: IRunEnvironment = { cwd: root, stdout: silent(), stderr: silent() };
  const provided = { paths: ['features/**/*.feature'], import: [], format: [], dryRun: true };
  const { runConfiguration } = await loadConfiguration({ file: false, provided }, environment);
  const names = createNames();
  const pickles: string[] = [];
  await runCucumber(runConfiguration, environment, (envelope: Envelope) => {
    names.envelope(envelope);
    if (envelope.pickle !== undefined) pickles.push(envelope.pickle.id);
  });
  return pickles.map((id) => names.of(id));
}
