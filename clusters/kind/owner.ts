import { bootId, startTimeOf } from '../machine.ts';

/** This process, as a label's value. */
export const owner = (): string => `${process.pid}:${startTimeOf('self')}:${bootId()}`;

/** Whether the process of an owner label still runs. One of another machine, or of no form at all, does not. */
export function isRunning(value: string): boolean {
  const [pid = '', start, boot] = value.split(':');
  return /^\d+$/.test(pid) && start !== undefined && boot === bootId() && startTimeOf(pid) === start;
}
