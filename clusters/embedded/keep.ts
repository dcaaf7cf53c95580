import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTimeOf } from '../machine.ts';

/** A cluster that outlives the command which made it: `<cache>/clusters/<name>.json`. */
export interface Kept {
  name: string;
  nodes: number;
  cni: string;
  /** RFC 3339. */
  createdAt: string;
  /** As seen inside. */
  kubeconfig: string;
  /** The sandbox's first process, as the host sees it: ending it ends everything. */
  pid: number;
  /** Its start time in clock ticks since boot. */
  startTime: string;
}

const directory = (cache: string) => join(cache, 'clusters');
const file = (cache: string, name: string) => join(directory(cache), `${name}.json`);

/** Inside a sandbox: its first process as the host sees it (written by enter.sh). */
export function firstProcess(): { pid: number; startTime: string } {
  const [pid, ...rest] = readFileSync('/run/netvet/first', 'utf8').trim().split(' ');
  return { pid: Number(pid), startTime: rest[19] ?? '' };
}

/** Writes down that a cluster is kept. By rename: a reader sees all of it or nothing. */
export function saveKept(cache: string, kept: Kept): void {
  mkdirSync(directory(cache), { recursive: true });
  const temporary = `${file(cache, kept.name)}.new`;
  writeFileSync(temporary, JSON.stringify(kept));
  renameSync(temporary, file(cache, kept.name));
}

const isAlive = ({ pid, startTime }: Kept): boolean => startTimeOf(pid) === startTime;

/** The kept clusters that still run. Forgets those whose first process is gone. */
export function listKept(cache: string): Kept[] {
  const names = existsSync(directory(cache)) ? readdirSync(directory(cache)) : []; // none was ever kept
  const all = names
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(directory(cache), name), 'utf8')) as Kept);
  for (const kept of all) if (!isAlive(kept)) rmSync(file(cache, kept.name), { force: true });
  return all.filter(isAlive).toSorted((a, b) => a.name.localeCompare(b.name));
}

/** Ends a kept cluster, which ends with its first process. False when there is none of that name. */
export function deleteKept(cache: string, name: string): boolean {
  const kept = listKept(cache).find((each) => each.name === name);
  if (kept === undefined) return false;
  process.kill(kept.pid, 'SIGKILL');
  rmSync(file(cache, name), { force: true });
  return true;
}

/** The command line that runs argv inside a kept cluster, as root there and as the same user outside. */
export function intoKept(kept: Kept, argv: string[]): string[] {
  const spaces = ['--user', '--net', '--mount', '--pid', '--ipc', '--uts'];
  return ['nsenter', '--target', String(kept.pid), ...spaces, '--preserve-credentials', '--', ...argv];
}
