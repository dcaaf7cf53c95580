import { spread, timings } from './figures.ts';
import { duration } from './format.ts';
import type { BudgetLine, Profile, Scenario } from './model.ts';

/** Holds the figures of a run against its profile. A figure that nothing measured has no line: it cannot be kept. */
export function budgetLines(scenarios: readonly Scenario[], { limits }: Profile): BudgetLine[] {
  return limits.flatMap(({ figure, area, p95Ms, maxMs }): BudgetLine[] => {
    const own = timings({ scenarios: scenarios.filter((each) => each.area === area) }, figure).map(({ ms }) => ms);
    if (own.length === 0) return [];
    const { count, p50, p95, max } = spread(own);
    return [{ figure, area, count, p50, p95, max, p95Ms, maxMs, kept: p95 <= p95Ms && max <= maxMs }];
  });
}

/** "convergence of policies: p95 1.4 s of 1 s, longest 2 s of 3 s". */
export function budgetText({ figure, area, p95, max, p95Ms, maxMs }: BudgetLine): string {
  return (
    `${figure} of ${area}: p95 ${duration(p95)} of ${duration(p95Ms)}, ` +
    `longest ${duration(max)} of ${duration(maxMs)}`
  );
}
