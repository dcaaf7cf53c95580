import jStat from 'jstat';

/**
 * What a single interval is made for. Rounds go on until the interval is narrow, and whoever looks after each of them
 * stops by chance when the rounds agree more than they should: intervals of 95 % would hold the truth in as little as
 * 91 of 100 loads, and these hold it in 95 (intervals.test.ts tries that out).
 */
const ofManyLooks = 0.975;

/** Student's t for a two-sided interval. */
const studentT = (freedom: number, confidence: number): number => jStat.studentt.inv((1 + confidence) / 2, freedom);

/** A mean and where the true one lies with a confidence of 95 %. */
export interface Interval {
  mean: number;
  low: number;
  high: number;
  /** Samples that it was made of. */
  samples: number;
}

/**
 * The confidence interval of the mean, by Student's t. `samples` must be independent of each other: one figure a round,
 * never one a request, since requests of one second share whatever the machine did in it. Fewer than two samples:
 * undefined. `confidence`: by default what keeps 95 % however often somebody has looked before; 0.95 where nobody stops
 * by it.
 */
export function intervalOf(samples: readonly number[], confidence = ofManyLooks): Interval | undefined {
  const { length } = samples;
  if (length < 2) return undefined;
  const mean = samples.reduce((sum, value) => sum + value, 0) / length;
  const variance = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (length - 1);
  const half = studentT(length - 1, confidence) * Math.sqrt(variance / length);
  return { mean, low: mean - half, high: mean + half, samples: length };
}
