import { isTrouble, judgedOf, statuses, summarize } from '../outcome.ts';
import type { FeatureCell, Mark } from './model.ts';

/** By gravity, worst first. What was not run is graver than a pass: it must not disappear behind one. */
const marks: readonly Mark[] = [...statuses.slice(0, 3), 'not run', ...statuses.slice(3)];

export function countMarks(all: readonly Mark[]): Record<Mark, number> {
  const counts: Record<Mark, number> = { ...summarize([]), 'not run': 0 };
  for (const mark of all) counts[mark] += 1;
  return counts;
}

/** The gravest; what was not run yields to what was: the tally beside it says in how many runs. */
export function gravest(all: readonly Mark[]): Mark {
  const seen = new Set(all);
  return marks.find((mark) => mark !== 'not run' && seen.has(mark)) ?? 'not run';
}

/** What a cell over several scenarios may say. A pass takes that everything was tried. */
export function cellMark(counts: Record<Mark, number>): FeatureCell['mark'] {
  const present = marks.filter((mark) => counts[mark] > 0);
  const [gravest] = present;
  if (gravest && (present.length === 1 || (gravest !== 'not run' && isTrouble(gravest)))) return gravest;
  if (present.every((mark) => mark === 'passed' || mark === 'observed')) return 'passed';
  return 'partial';
}

/** "5 of 6 passed, 1 skipped"; what was observed or not tried is never counted as tried. */
export function words(counts: Record<Mark, number>): string {
  const judged = judgedOf(counts);
  const tried = judged === 0 ? [] : [`${counts.passed} of ${judged} passed`];
  const rest = (['broken', 'flaky', 'skipped', 'observed', 'not run'] as const).filter((mark) => counts[mark] > 0);
  return [...tried, ...rest.map((mark) => `${counts[mark]} ${mark}`)].join(', ') || 'nothing';
}

/** Marks that say all of a cell by themselves. */
export const isLone = (mark: FeatureCell['mark']): boolean => ['skipped', 'observed', 'not run'].includes(mark);

/** The percentiles of latency that are set side by side. */
export const percentiles = ['p50', 'p95', 'p99', 'max'] as const;

/** A column's own of the figures of a row; undefined where it has none. */
export const figureOf = <T extends { column: string }>(figures: readonly T[], label: string): T | undefined =>
  figures.find(({ column }) => column === label);
