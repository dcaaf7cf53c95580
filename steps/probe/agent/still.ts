/** Its own standing still: a timer that comes late tells for how long this process was kept from running. */
import { now } from './self.ts';

/** For how long this process was kept from running while it watched itself, in ms: that can be seconds. */
export let stalledMs = 0;
/** The newest of these times, and those that have not been told yet. */
const stalls: [from: number, to: number][] = [];
let untold: [from: number, to: number][] = [];
const beatMs = 50;
const toleratedMs = 20;
let beatAt = 0;
let heart: NodeJS.Timeout | undefined;
/** How many requests and attempts go on. */
export const waiting = { count: 0 };
/** It watches itself while anybody waits, and this long after the last request: most agents idle most of the time. */
export const awakeMs = 2_000;
let awakeUntil = 0;

/** Looks at the clock: time beyond what it should be is time in which this process stood still. */
export function beat(): void {
  const late = now() - beatAt - beatMs;
  // while it does not watch itself it is asked by nobody, and late for nothing
  if (heart !== undefined && late > toleratedMs) {
    const stall: [number, number] = [beatAt + beatMs, now()];
    stalledMs += late;
    for (const list of [stalls, untold]) if (list.push(stall) > 200) list.shift();
  }
  beatAt = now();
  if (waiting.count > 0 || beatAt < awakeUntil) return;
  clearInterval(heart);
  heart = undefined;
}

/** Begins to watch itself; true: it did not. */
export function wake(forMs: number): boolean {
  awakeUntil = Math.max(awakeUntil, now() + forMs);
  if (heart !== undefined) return false;
  beatAt = now();
  heart = setInterval(beat, beatMs).unref();
  return true;
}

/** The longest time that this process has stood still since then. */
export function longestStall(since: number): number {
  beat();
  return Math.max(0, ...stalls.map(([from, to]) => to - Math.max(from, since)));
}

/** The times in which it stood still and that it has not told yet. */
export function untoldStalls(): [from: number, to: number][] {
  beat();
  const stood = untold;
  untold = [];
  return stood;
}
