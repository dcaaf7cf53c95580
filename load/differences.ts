import { intervalOf } from './intervals.ts';

/** How much more one path takes than another, with the interval in which the truth lies with a confidence of 95 %. */
export interface Difference {
  of: string;
  from: string;
  mean: number;
  low: number;
  high: number;
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
export function differenceOf(rounds: readonly RoundFigures[], of: string, from: string): Difference | undefined {
  const samples = rounds.flatMap((round) => {
    const [a, b] = [round[of], round[from]];
    return a === undefined || b === undefined ? [] : [a - b];
  });
  const interval = intervalOf(samples);
  if (interval === undefined) return undefined;
  const { mean, low, high } = interval;
  return { of, from, mean, low, high, rounds: interval.samples };
}

/** Rounds before an interval is believed: with fewer, two that happen to agree would end the measurement. */
const fewestRounds = 5;

/**
 * Whether a difference is known well enough: half its interval is at most so many percent of the figure that it starts
 * from.
 */
export function isNarrow({ low, high, rounds }: Difference, base: number, tolerance: number): boolean {
  return rounds >= fewestRounds && (high - low) / 2 <= (tolerance / 100) * base;
}
