import { count, plural } from '../format.ts';
import { judgedOf } from '../outcome.ts';
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
  const { failed, flaky, broken } = summary;
  const judged = count(judgedOf(summary));
  if (failed + flaky === 0) {
    if (outcome === 'broken') return broken > 0 ? `${count(broken)} of ${judged} broken` : 'The run broke';
    if (judged === '0') return 'Nothing was judged';
    return `All ${judged} judged passed${outcome === 'failed' ? ', over budget' : ''}`;
  }
  const parts = [
    failed > 0 ? `${count(failed)} of ${judged} failed` : `${count(flaky)} of ${judged} flaky`,
    ...(failed > 0 && flaky > 0 ? [`${count(flaky)} flaky`] : []),
    ...(broken > 0 ? [`${count(broken)} broken`] : outcome === 'broken' ? ['and a run broke'] : []),
    ...(runs.length > 1 ? [`in ${runs.length} runs`] : []),
  ];
  return parts.join(', ');
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
