import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Run } from '../report/index.ts';

/** `20261123-141500`, of the start of the run, in UTC. */
export function newRunId(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}

/** Points `.netvet/latest` to a run in `.netvet/runs`. */
export function markLatest(directory: string): void {
  const latest = resolve('.netvet/latest');
  const temporary = `${latest}.${process.pid}`;
  rmSync(temporary, { force: true });
  symlinkSync(join('runs', basename(directory)), temporary);
  renameSync(temporary, latest);
}

/** Milliseconds that each scenario of a stored run took, by id, for a better guess at the time left. Empty when there is no such run. */
export async function durations(file: string): Promise<Map<string, number>> {
  try {
    const { scenarios } = JSON.parse(await readFile(file, 'utf8')) as Run;
    return new Map(scenarios.map(({ id, durationMs }) => [id, durationMs]));
  } catch {
    return new Map(); // the first run here, or a file that is no run: the guess is then a plain one
  }
}
