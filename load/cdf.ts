import { percentile } from './percentile.ts';

/** Shares at which a distribution is kept: evenly, and then ever nearer to 1, where the slow ones are. */
const shares = [...Array.from({ length: 20 }, (_, i) => i / 20), 0.95, 0.975, 0.99, 0.995, 0.999, 1];

/** A cumulative distribution as [share of samples, milliseconds at most], ascending. No samples: none. */
export function distributionOf(samples: readonly number[]): [share: number, ms: number][] {
  if (samples.length === 0) return [];
  const sorted = samples.toSorted((a, b) => a - b);
  return shares.map((share) => [share, percentile(sorted, share)]);
}
