/** Which process made something, so that a later command can tell whether that process still runs. */
import { readFileSync } from 'node:fs';

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
