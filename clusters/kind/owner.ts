/** Which process made something, so that it can be told later whether that one still runs. */
import { readFileSync } from 'node:fs';

/** Of a process: when it started, in ticks since the machine did, as /proc/PID/stat has it. A number alone is used again. */
function startOf(pid: string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // the second field is a name in brackets, which may hold anything
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

const bootOf = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** This process, as a label's value. */
export const owner = (): string => `${process.pid}:${startOf('self')}:${bootOf()}`;

/** Whether the process of an owner label still runs. One of another machine, or of no form at all, does not. */
export function isRunning(value: string): boolean {
  const [pid = '', start, boot] = value.split(':');
  return /^\d+$/.test(pid) && start !== undefined && boot === bootOf() && startOf(pid) === start;
}
