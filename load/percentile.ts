/** The nearest-rank percentile: a sample that was seen. `sorted` ascends; share is from 0 to 1. No samples: 0. */
export function percentile(sorted: readonly number[], share: number): number {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[Math.min(rank, sorted.length) - 1] ?? 0;
}

export interface Latency {
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  max: number;
}

/** Percentiles of samples in any order. */
export function latencyOf(samples: readonly number[]): Latency {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => percentile(sorted, share);
  return { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** Shares at which a distribution is kept: evenly, and then ever nearer to 1, where the slow ones are. */
const shares = [...Array.from({ length: 20 }, (_, i) => i / 20), 0.95, 0.975, 0.99, 0.995, 0.999, 1];

/** A cumulative distribution as [share of samples, milliseconds at most], ascending. No samples: none. */
export function distributionOf(samples: readonly number[]): [share: number, ms: number][] {
  if (samples.length === 0) return [];
  const sorted = samples.toSorted((a, b) => a - b);
  return shares.map((share) => [share, percentile(sorted, share)]);
}
