/** Values that chi-square exceeds by chance with that probability, for 1, 2, 3 ... degrees of freedom. */
const criticalValues: Record<number, number[]> = {
  0.001: [10.828, 13.816, 16.266, 18.467, 20.515, 22.458, 24.322, 26.124, 27.877],
  0.01: [6.635, 9.21, 11.345, 13.277, 15.086, 16.812, 18.475, 20.09, 21.666],
};

/**
 * Pearson's test against an even spread. `counts` has one entry for each Pod, also for those that got nothing.
 * Only an uneven spread is an error: round robin is more even than chance, and passes.
 */
export function chiSquare(counts: number[], level: number): { statistic: number; critical: number } {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const critical = criticalValues[level]?.[counts.length - 2];
  if (critical === undefined)
    throw new RangeError(`no critical value for ${counts.length} counts at the level ${level}`);
  return { statistic, critical };
}
