import type { Scenario } from '../model.ts';
import { isTrouble } from '../outcome.ts';
import { oneLine } from '../safe.ts';
import { cellMark, countMarks, gravest } from './marks.ts';
import type { Entry, FeatureCell, FeatureRow, Mark, Result, ScenarioRow } from './model.ts';

/** Every scenario that any run knows, by feature, with what came of it in every column. */
export function features(columns: readonly { label: string; entries: readonly Entry[] }[]): FeatureRow[] {
  const known = new Map<string, Scenario>();
  // of each column and run, its scenarios by id; a run without results has none
  const found = columns.map(
    ({ label, entries }): Found => ({
      label,
      runs: entries.map((entry) => Map.groupBy('run' in entry ? entry.run.scenarios : [], ({ id }) => id)),
    }),
  );
  const all = columns.flatMap(({ entries }) => entries.flatMap((entry) => ('run' in entry ? entry.run.scenarios : [])));
  for (const scenario of all) if (!known.has(scenario.id)) known.set(scenario.id, scenario);
  const byFeature = Map.groupBy(known.values(), ({ area, feature }) => JSON.stringify([area ?? '', feature]));
  const rows = [...byFeature].map(([key, scenarios]) => {
    const [area, feature] = JSON.parse(key) as [string, string];
    const rows = scenarios.map(({ id, name, level }): ScenarioRow => {
      const results = found.map((column) => resultOf(column, id));
      return { id, name, level, results };
    });
    return {
      area,
      feature,
      differs: rows.some(differs),
      cells: columns.map(({ label }, i) => cellOf(label, rows, i)),
      scenarios: rows,
    };
  });
  // features of one area stay together, whichever run brought them
  return [...Map.groupBy(rows, ({ area }) => area).values()].flat();
}

interface Found {
  label: string;
  runs: Map<string, Scenario[]>[];
}

/** Each run of the column has one result of the scenario, or none. */
function resultOf({ label: column, runs: all }: Found, id: string): Result {
  const runs = all.map((run) => run.get(id) ?? []);
  const seen = runs.map((scenarios): Mark => gravest(scenarios.map(({ status }) => status)));
  const counts = countMarks(seen);
  const reasons = runs.flat().flatMap(({ reason }) => (reason === undefined ? [] : [oneLine(reason)]));
  return {
    column,
    mark: gravest(seen),
    runs: Object.fromEntries(Object.entries(counts).filter(([, number]) => number > 0)),
    reasons: [...new Set(reasons)],
  };
}

/** Whether it ended otherwise somewhere. That it was not run somewhere is another matter. */
export function differs({ results }: ScenarioRow): boolean {
  return new Set(results.flatMap(({ mark }) => (mark === 'not run' ? [] : [mark]))).size > 1;
}

function cellOf(column: string, rows: readonly ScenarioRow[], index: number): FeatureCell {
  const results = rows.map(({ id, results }) => ({ id, ...(results[index] as Result) }));
  const counts = countMarks(results.map(({ mark }) => mark));
  // passed in one run and not run in another is no whole pass
  const gaps = results.some(({ runs }) => runs['not run'] !== undefined || runs.skipped !== undefined);
  const mark = cellMark(counts);
  return {
    column,
    mark: mark === 'passed' && gaps ? 'partial' : mark,
    counts,
    failing: results.filter(({ mark }) => mark !== 'not run' && isTrouble(mark)).map(({ id }) => id),
  };
}
