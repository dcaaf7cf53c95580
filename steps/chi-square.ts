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
 * A fair network is uneven by chance as often as the level says: 1 time in 1,000 at 0.001. So it is asked twice, and fails where both
 * samples are uneven. Resolves with the sample that decided, and a sentence if the spread is uneven.
 */
export async function evenInOneOfTwo(
  sample: (i: number) => Promise<number[]> | number[],
  names: string[],
  level: number,
): Promise<Spread & { problem?: string }> {
  const first = chiSquare(await sample(0), level);
  if (first.statistic <= first.critical) return first;
  const second = chiSquare(await sample(1), level);
  if (second.statistic <= second.critical) return second;
  const said = ({ counts, statistic }: Spread) =>
    `${statistic.toFixed(2)} (${names.map((name, i) => `${counts[i]} from ${name}`).join(', ')})`;
  const limit = `above ${second.critical.toFixed(2)} (level ${level})`;
  return { ...second, problem: `chi-square is ${limit} twice in a row: ${said(first)}, ${said(second)}` };
}
