import jStat from 'jstat';

interface Spread {
  counts: number[];
  statistic: number;
  critical: number;
}

/**
 * Pearson's test against an even spread. `counts` has one entry for each Pod, also for those that got nothing.
 * Only an uneven spread is an error: round robin is more even than chance, and passes.
 */
export function chiSquare(counts: number[], level: number): Spread {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // the value that chi-square exceeds by chance with that probability
  return { counts, statistic, critical: jStat.chisquare.inv(1 - level, counts.length - 1) };
}

/**
 * A fair network is uneven by chance as often as the level says: 1 time in 1,000 at 0.001. One that looks so is asked as often again, and
 * fails if both samples together are uneven at the square of the level: 1 time in a million. Resolves with what decided, and a sentence
 * if the spread is uneven.
 */
export async function evenSpread(
  sample: () => Promise<number[]>,
  names: string[],
  level: number,
): Promise<Spread & { problem?: string }> {
  const first = chiSquare(await sample(), level);
  if (first.statistic <= first.critical) return first;
  const more = await sample();
  const both = chiSquare(
    first.counts.map((count, i) => count + (more[i] as number)),
    level ** 2,
  );
  return both.statistic <= both.critical ? both : { ...both, problem: uneven(both, names) };
}

/** The sentence on a spread that is uneven. */
export const uneven = ({ counts, statistic, critical }: Spread, names: string[]): string =>
  `chi-square is ${statistic.toFixed(2)}, above ${critical.toFixed(2)}: ${names.map((name, i) => `${counts[i]} from ${name}`).join(', ')}`;
