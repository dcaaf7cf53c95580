import { randomBytes } from 'node:crypto';

/**
 * The other side of a load generator's account: how many requests came in and how many were answered, by the value of
 * the header x-netvet-load. The counts are printed on standard output when they have changed, a channel that is not the
 * network, and so are times in which this process stood still.
 */
const counts: Record<string, { received: number; answered: number }> = {};
const reportEveryMs = 100;
/** What a timer may be late by. */
const usualMs = 50;
/** Longer than anybody waits for an answer. */
const rememberedMs = 10_000;
const pauses: { endedAt: number; ms: number; number: number }[] = [];
let paused = 0;
let beatAt = performance.now();

/** This process: a Pod's name comes again, and a container that was started again has the same. */
export const processOf = (pod: string): string => `${pod}/${id}`;
const id = randomBytes(4).toString('hex');

/**
 * For a Pod that may be killed at any moment: a request is counted, as answered too, and the count is printed, before
 * it is answered. Writing to a pipe is synchronous on Linux, so an answer that has left is always in the counts.
 */
const atOnce = process.env['COUNT_AT_ONCE'] === '1';
let report = (): void => undefined;

/** Counts a request that has come in; call what is returned once its answer was handed to the kernel in full. */
export function counted(kind: string | string[] | undefined): () => void {
  if (typeof kind !== 'string') return () => undefined;
  counts[kind] ??= { received: 0, answered: 0 };
  const those = counts[kind];
  those.received += 1;
  if (atOnce) {
    those.answered += 1;
    report();
    return () => undefined;
  }
  return () => {
    those.answered += 1;
  };
}

/** Looks at the clock: time beyond what it should be is time in which this process was kept from running. */
function beat(pod: string): void {
  const now = performance.now();
  const late = Math.round(now - beatAt - reportEveryMs);
  beatAt = now;
  if (late <= usualMs) return;
  pauses.push({ endedAt: now, ms: late, number: (paused += 1) });
  while (now - (pauses[0]?.endedAt ?? now) > rememberedMs) pauses.shift();
  process.stdout.write(`${JSON.stringify({ pod, paused: { atMs: Date.now() - late, ms: late } })}\n`);
}

/** When this process stood still lately: JSON `[[began, ended, number], ...]`, in ms before now. */
export function stood(pod: string): string {
  if (performance.now() - beatAt > reportEveryMs + usualMs) beat(pod);
  const now = performance.now();
  const ago = (at: number) => Math.round(now - at);
  return JSON.stringify(pauses.map(({ endedAt, ms, number }) => [ago(endedAt - ms), ago(endedAt), number]));
}

/** Prints the counts from now on; `report` prints them at once. */
export function startCounting(pod: string): { report: () => void } {
  let reported = '';
  report = () => {
    const text = JSON.stringify({ pod, process: processOf(pod), counts });
    if (text !== reported && Object.keys(counts).length > 0) process.stdout.write(`${text}\n`);
    reported = text;
  };
  beatAt = performance.now();
  setInterval(() => {
    beat(pod);
    report();
  }, reportEveryMs);
  return { report };
}
