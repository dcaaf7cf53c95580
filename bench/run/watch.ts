import { setTimeout as delay } from 'node:timers/promises';
import { argvOf, ids, read } from '../processes.ts';

/** CLOCK_MONOTONIC in nanoseconds, as perf counts it. */
export const nowNs = (): number => Number(process.hrtime.bigint());

/** Nanoseconds on a processor so far, of every thread of the machine by its id. */
export function processorTimes(): Map<number, number> {
  const threads = ids('/proc').flatMap((pid) => ids(`/proc/${pid}/task`).map((tid) => [pid, tid] as const));
  return new Map(threads.map(([pid, tid]) => [tid, Number(read(`/proc/${pid}/task/${tid}/schedstat`).split(' ')[0])]));
}

/** When a process was seen, and its command line. */
export interface Seen {
  pid: number;
  atNs: number;
  argv: string;
}

const everyMs = 100;
/** A process is what it was started as within so many looks: first it is its parent's copy, or a shell. */
const looks = 10;

/** Collects command lines of all processes that live for longer than a moment, until `signal`. */
export async function commandLines(signal: AbortSignal): Promise<Seen[]> {
  const all: Seen[] = [];
  let known = new Map<number, number>();
  while (!signal.aborted) {
    const pids = ids('/proc');
    for (const pid of pids) {
      if ((known.get(pid) ?? 0) > looks) continue;
      const argv = argvOf(pid);
      if (argv !== '') all.push({ pid, atNs: nowNs(), argv });
    }
    known = new Map(pids.map((pid) => [pid, (known.get(pid) ?? 0) + 1]));
    await delay(everyMs, undefined, { signal }).catch(() => {});
  }
  return all;
}
