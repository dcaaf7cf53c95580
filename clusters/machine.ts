/** The machine that netvet runs on: its cache, its processes, its shell. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A path in netvet's per-user cache: `$XDG_CACHE_HOME/netvet`, by default `~/.cache/netvet`. */
export const inCache = (...path: string[]): string =>
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'netvet', ...path);

/**
 * When a process started, in clock ticks since boot; undefined where there is no such process. Process ids are used
 * again, the pair of both is not. Field 22 of proc(5) stat; field 2 is a name that may hold spaces and brackets.
 */
export function startTimeOf(pid: number | string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Another one after each boot of the machine. */
export const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** A word as a shell takes it, for commands that people paste. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
