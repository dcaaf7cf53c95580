/** Student's t for a two-sided interval of 95 %, by degrees of freedom from 1 (any table of the distribution). */
const t95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
/** Beyond the table: the next smaller entry, so that an interval is never too narrow. */
const t95From: [freedom: number, t: number][] = [
  [120, 1.98],
  [60, 2],
  [40, 2.021],
];

export function studentT95(freedom: number): number {
  const far = t95From.find(([from]) => freedom >= from);
  return far?.[1] ?? t95[Math.min(freedom, t95.length) - 1] ?? Number.POSITIVE_INFINITY;
}

/** A mean and where the true one lies with a confidence of 95 %. */
export interface Interval {
  mean: number;
  low: number;
  high: number;
  /** Samples that it was made of. */
  samples: number;
}

/**
 * The 95 % confidence interval of the mean, by Student's t. `samples` must be independent of each other: one figure a round,
 * never one a request, since requests of one second share whatever the machine did in it. Fewer than two samples: undefined.
 */
export function intervalOf(samples: readonly number[]): Interval | undefined {
  const { length } = samples;
  if (length < 2) return undefined;
  const mean = samples.reduce((sum, value) => sum + value, 0) / length;
  const variance = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (length - 1);
  const half = studentT95(length - 1) * Math.sqrt(variance / length);
  return { mean, low: mean - half, high: mean + half, samples: length };
}
