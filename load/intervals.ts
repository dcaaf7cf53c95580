import jStat from 'jstat';

/**
 * What a single interval is made for. Rounds go on until the interval is narrow, and whoever looks after each of them
 * stops by chance when the rounds agree more than they should: intervals of 95 % would hold the truth in as little as
 * 91 of 100 loads, and these hold it in 95 (intervals.test.ts tries that out).
 */
const ofManyLooks = 0.975;

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
 * undefined. `confidence`: by default what keeps 95 % however often somebody looked; 0.95 where nobody stops by it.
 */
export function intervalOf(samples: readonly number[], confidence = ofManyLooks): Interval | undefined {
  if (samples.length < 2) return undefined;
  const mean = jStat.mean(samples);
  const [low, high] = jStat.tci(mean, 1 - confidence, samples);
  return { mean, low, high, samples: samples.length };
}

/** How much more one path takes than another, with the interval in which the truth lies with a confidence of 95 %. */
export interface Difference extends Omit<Interval, 'samples'> {
  of: string;
  from: string;
  /** Rounds that it comes from: each gives one difference, of its own two figures. */
  rounds: number;
}

/** One round: a figure for each path. */
export type RoundFigures = Record<string, number>;

/**
 * The difference of two paths over rounds: one sample a round, the figure of one path less that of the other in the
 * same round, and Student's t over the samples. What slows the machine for longer than a round is in both figures and
 * falls out. Undefined with fewer than two rounds that have both.
 */
export function differenceOf(all: readonly RoundFigures[], of: string, from: string): Difference | undefined {
  const figures = all.flatMap((round) => {
    const [a, b] = [round[of], round[from]];
    return a === undefined || b === undefined ? [] : [a - b];
  });
  const interval = intervalOf(figures);
  if (interval === undefined) return undefined;
  const { samples: rounds, ...rest } = interval;
  return { of, from, ...rest, rounds };
}

/** Rounds before an interval is believed: with fewer, two that happen to agree would end the measurement. */
const fewestRounds = 5;

/** Whether a difference is known well enough: half its interval is at most `tolerance` percent of `base`. */
export function isNarrow({ low, high, rounds }: Difference, base: number, tolerance: number): boolean {
  return rounds >= fewestRounds && (high - low) / 2 <= (tolerance / 100) * base;
}
