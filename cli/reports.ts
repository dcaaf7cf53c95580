import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Run } from '../report/index.ts';

/** `20261123-141500`, of the start of the run, in UTC. */
export function newRunId(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}

/** The directory given for reports, or one of this id under `parent`. A file there is added to `mistakes`. */
export function reportDirectory(given: string | undefined, parent: string, id: string, mistakes: string[]): string {
  const directory = resolve(given ?? join(parent, id));
  if (existsSync(directory) && !statSync(directory).isDirectory())
    mistakes.push(`--report takes a directory, and ${directory} is a file`);
  return directory;
}

/** As a shell would take it. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** What the user typed, to be typed again. */
export const commandLine = (): string => ['netvet', ...process.argv.slice(2)].map(quoted).join(' ');

/** What a command that writes reports is called, and where they go. */
export interface Reporting {
  id: string;
  /** The run's label on the cluster, where others may run something in the same second. */
  mark: string;
  /** When the command was typed, in milliseconds since the epoch. */
  startedMs: number;
  /** Directory, absolute. */
  report: string;
  /** The report directory is one of `.netvet/runs`, so `.netvet/latest` is to point to it. */
  isDefaultReport: boolean;
  command: string;
  json: boolean;
}

/** Checks the flags that say where results go. */
export function checkReporting(flags: { report?: string; json?: boolean }, mistakes: string[]): Reporting {
  const id = newRunId(new Date());
  return {
    id,
    mark: `${id}-${randomBytes(2).toString('hex')}`,
    startedMs: performance.timeOrigin,
    report: reportDirectory(flags.report, '.netvet/runs', id, mistakes),
    isDefaultReport: flags.report === undefined,
    command: commandLine(),
    json: flags.json === true,
  };
}

/** Points `.netvet/latest` to a run in `.netvet/runs`. */
export function markLatest(directory: string): void {
  const latest = resolve('.netvet/latest');
  const temporary = `${latest}.${process.pid}`;
  rmSync(temporary, { force: true });
  symlinkSync(join('runs', basename(directory)), temporary);
  renameSync(temporary, latest);
}

/** Milliseconds that each scenario of a stored run took, by id. Empty when there is no such run. */
export async function durations(file: string): Promise<Map<string, number>> {
  try {
    const { scenarios } = JSON.parse(await readFile(file, 'utf8')) as Run;
    return new Map(scenarios.map(({ id, durationMs }) => [id, durationMs]));
  } catch {
    return new Map(); // the first run here, or a file that is no run: the guess is then a plain one
  }
}
