/** What a busy real API server does to those who watch: news is late, kinds overtake each other, and watches expire. */
export interface Adversary {
  /** For how long a watch keeps news to itself, in ms. */
  lagMs(this: void): number;
  /** Whether a watch expires before its next event: 410, and the client lists anew. */
  expires(): boolean;
}

const longestMs = 1_000;
const oneOf = 50;

/** Draws from a seed. Most lags are short and some are long: the median is 60 ms, one in ten is above 650 ms. */
export function adversaryOf(seed: number): Adversary {
  let state = seed;
  // mulberry32: 32 bits of state, even in all of them
  const draw = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { lagMs: () => longestMs * draw() ** 4, expires: () => draw() < 1 / oneOf };
}
