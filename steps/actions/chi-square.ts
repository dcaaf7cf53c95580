import jStat from 'jstat';

/**
 * Pearson's test against an even spread. `counts` has one entry for each Pod, also for those that got nothing.
 * Only an uneven spread is an error: round robin is more even than chance, and passes.
 */
export function chiSquare(counts: number[], level: number): { statistic: number; critical: number } {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // the value that chi-square exceeds by chance with that probability
  return { statistic, critical: jStat.chisquare.inv(1 - level, counts.length - 1) };
}
