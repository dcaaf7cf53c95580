import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

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
