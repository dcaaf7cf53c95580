import { statuses } from '../outcome.ts';
import type { FeatureCell, Mark } from './model.ts';

/** By gravity, worst first. What was not run is graver than a pass: it must not disappear behind one. */
const marks: readonly Mark[] = [...statuses.slice(0, 3), 'not run', ...statuses.slice(3)];

export function countMarks(all: readonly Mark[]): Record<Mark, number> {
  const counts: Record<Mark, number> = {
    passed: 0,
    failed: 0,
    flaky: 0,
    skipped: 0,
    observed: 0,
    broken: 0,
    'not run': 0,
  };
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
  if (counts.broken > 0) return 'broken';
  if (counts.failed > 0) return 'failed';
  if (counts.flaky > 0) return 'flaky';
  const present = marks.filter((mark) => counts[mark] > 0);
  if (present.length === 1) return present[0] as Mark;
  if (present.every((mark) => mark === 'passed' || mark === 'observed')) return 'passed';
  return 'partial';
}

/** How many were judged, whatever the judgement. */
export const judgedOf = (counts: Record<Mark, number>): number =>
  counts.passed + counts.failed + counts.flaky + counts.broken;

/** "5 of 6 passed, 1 skipped"; what was observed or not tried is never counted as tried. */
export function words(counts: Record<Mark, number>): string {
  const judged = judgedOf(counts);
  const tried = judged === 0 ? [] : [`${counts.passed} of ${judged} passed`];
  const rest = (['broken', 'flaky', 'skipped', 'observed', 'not run'] as const).filter((mark) => counts[mark] > 0);
  return [...tried, ...rest.map((mark) => `${counts[mark]} ${mark}`)].join(', ') || 'nothing';
}
