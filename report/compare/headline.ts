import { count, plural } from '../format.ts';
import { judgedOf } from './marks.ts';
import type { Column, Comparison } from './model.ts';

/** "reference, ptp and cilium compared". */
export function headline({ columns }: Comparison): string {
  const names = columns.map(({ label }) => label);
  if (names.length === 1) return `${names[0]}: ${plural(columns[0]?.runs.length ?? 0, 'run')}`;
  if (names.length > 4) return `${names.length} networks compared`;
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)} compared`;
}

/** What a column came to: never a pass when a run of it broke. */
export function verdict({ outcome, summary, runs }: Column): string {
  const judged = judgedOf(summary);
  if (judged === 0) return outcome === 'broken' ? 'The run broke' : 'Nothing was judged';
  if (outcome === 'broken' && summary.failed + summary.flaky === 0) {
    return summary.broken > 0 ? `${count(summary.broken)} of ${count(judged)} broken` : 'The run broke';
  }
  if (summary.failed + summary.flaky === 0 && outcome === 'failed')
    return `All ${count(judged)} judged passed, over budget`;
  if (summary.failed + summary.flaky === 0) return `All ${count(judged)} judged passed`;
  const broken =
    summary.broken > 0 ? `, ${count(summary.broken)} broken` : outcome === 'broken' ? ', and a run broke' : '';
  const bad =
    summary.failed === 0
      ? `${count(summary.flaky)} of ${count(judged)} flaky`
      : `${count(summary.failed)} of ${count(judged)} ` +
        `failed${summary.flaky > 0 ? `, ${count(summary.flaky)} flaky` : ''}`;
  return `${bad}${broken}${runs.length > 1 ? `, in ${runs.length} runs` : ''}`;
}

/** How much of the comparison is about differences. */
export function lead({ scenarios, differing, columns }: Comparison): string {
  if (scenarios === 0) return 'No scenario has a result.';
  const same =
    differing === 0
      ? 'none ends otherwise on one than on another'
      : `${count(differing)} end otherwise on one than on another`;
  return columns.length === 1
    ? `${plural(scenarios, 'scenario')}.`
    : `${plural(scenarios, 'scenario')} as one yardstick: ${same}.`;
}
