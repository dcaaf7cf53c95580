import { crc32 } from 'node:zlib';

/** What a busy real API server does to those who watch: news is late, kinds overtake each other, and watches expire. */
export interface Adversary {
  /** For how long a watch keeps news to itself, in ms. */
  lagMs(this: void): number;
  /** By how much longer the clients of HTTP wait for news of one kind, in ms: their watch of it is the slow one. */
  slownessMs(kind: string): number;
  /** Whether a watch expires before its next event: 410, and the client lists anew. */
  expires(): boolean;
}

const longestMs = 1_000;
const slowestMs = 1_000;
const oneOf = 50;

/** Mulberry32: 32 bits of state, even in all of them. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Draws from a seed. Most lags are short and some are long: the median is 60 ms, one in ten is above 650 ms. How slow
 * the watches of a kind are follows from the seed and the kind alone: what overtakes what is the same in every run.
 */
export function adversaryOf(seed: number): Adversary {
  const draw = random(seed);
  return {
    lagMs: () => longestMs * draw() ** 4,
    slownessMs: (kind) => slowestMs * random(seed + crc32(kind))(),
    expires: () => draw() < 1 / oneOf,
  };
}
