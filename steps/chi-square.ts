import { equal } from 'node:assert';
import jStat from 'jstat';
import type { World } from './world.ts';

interface Spread {
  counts: number[];
  statistic: number;
  critical: number;
  /** A sentence, if it is uneven. */
  problem?: string;
}

/** Pearson's test against an even spread; a Pod that got nothing is in `counts` too. More even than chance passes. */
export function chiSquare(counts: number[], level: number, names: string[] = []): Spread {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // the value that chi-square exceeds by chance with that probability
  const critical = jStat.chisquare.inv(1 - level, counts.length - 1);
  if (statistic <= critical) return { counts, statistic, critical };
  const shares = names.map((name, i) => `${counts[i]} from ${name}`).join(', ');
  const problem = `chi-square is ${statistic.toFixed(2)}, above ${critical.toFixed(2)}: ${shares}`;
  return { counts, statistic, critical, problem };
}

/**
 * A fair network is uneven by chance as often as the level says: 1 time in 1,000 at 0.001. One that looks so is asked
 * as often again, and fails if both samples together are uneven at its square: 1 time in a million. Resolves with what
 * decided.
 */
export async function evenSpread(sample: () => Promise<number[]>, names: string[], level: number): Promise<Spread> {
  const first = chiSquare(await sample(), level);
  if (first.problem === undefined) return first;
  const more = await sample();
  const both = first.counts.map((count, i) => count + (more[i] as number));
  return chiSquare(both, level ** 2, names);
}

/** Reports a spread, and fails if it is uneven. `criticalName`: how reports call the critical value. */
export function expectEven(world: World, { statistic, critical, problem }: Spread, criticalName: string): void {
  world.measure('chi-square', statistic, '');
  world.measure(criticalName, critical, '');
  equal(problem, undefined, problem);
}
