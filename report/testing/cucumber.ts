import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { type IRunEnvironment, loadConfiguration, runCucumber } from '@cucumber/cucumber/api';
import type { Envelope } from '@cucumber/messages';

const nodeModules = join(import.meta.dirname, '../../node_modules');

/** Runs cucumber as the CLI does, on files written to a temporary folder, and gives back what it said. */
export async function cucumber(
  files: Record<string, string>,
  options: {
    parallel?: number;
    tags?: string;
    retry?: number;
    repeat?: number;
    onEnvelope?: (envelope: Envelope) => void;
  } = {},
): Promise<Envelope[]> {
  const folder = await mkdtemp(join(tmpdir(), 'netvet-cucumber-'));
  try {
    await symlink(nodeModules, join(folder, 'node_modules'));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const silent = () => new Writable({ write: (_chunk, _encoding, done) => done() });
    const environment: IRunEnvironment = { cwd: folder, stdout: silent(), stderr: silent() };
    const provided = {
      paths: ['features/**/*.feature'],
      import: ['steps/*.ts'],
      tags: options.tags ?? '',
      parallel: options.parallel ?? 0,
      retry: options.retry ?? 0,
      format: [],
      plugin: [new URL('../../cli/repeat-plugin.ts', import.meta.url).href],
      pluginOptions: { repeat: options.repeat ?? 1 },
    };
    const { runConfiguration } = await loadConfiguration({ file: false, provided }, environment);
    const envelopes: Envelope[] = [];
    await runCucumber(runConfiguration, environment, (envelope) => {
      // cucumber goes on to use its objects: keep what it said, not what it makes of them later
      envelopes.push(structuredClone(envelope));
      options.onEnvelope?.(envelope);
    });
    return envelopes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
