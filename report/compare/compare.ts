import { groups, labels, summaryOf, worstOutcome } from './columns.ts';
import { differencesOf } from './differences.ts';
import { differs, features } from './features.ts';
import { figureRows, loadRows, resourceRows } from './loads.ts';
import { countMarks } from './marks.ts';
import type { Column, Comparison, Entry, Result } from './model.ts';
import { timingRows } from './timings.ts';

/** Sets runs side by side. `entries` in the order in which their columns are to stand. */
export function compareRuns(
  entries: readonly Entry[],
  metadata: Pick<Comparison, 'id' | 'createdAt' | 'netvet' | 'command'>,
): Comparison {
  const grouped = groups(entries);
  const named = labels(grouped).map((label, i) => ({ label, ...(grouped[i] as (typeof grouped)[number]) }));
  const rows = features(named);
  const scenarios = rows.flatMap(({ scenarios }) => scenarios);
  const columns = named.map(({ label, cni, cluster, entries }, i): Column => {
    const runs = entries.map(summaryOf);
    return {
      label,
      cni,
      ...(cluster && { cluster }),
      outcome: worstOutcome(runs),
      summary: countMarks(scenarios.map(({ results }) => (results[i] as Result).mark)),
      runs,
    };
  });
  const measured = named.map(({ label, entries }) => ({
    label,
    runs: entries.flatMap((entry) => ('run' in entry ? [entry.run] : [])),
  }));
  return {
    schema: 'netvet/comparison/v1',
    ...metadata,
    columns,
    scenarios: scenarios.length,
    differing: scenarios.filter(differs).length,
    differences: differencesOf(columns, scenarios.length),
    features: rows,
    timings: timingRows(measured),
    load: loadRows(measured),
    figures: [...resourceRows(measured), ...figureRows(measured)],
  };
}
