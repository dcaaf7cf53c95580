import { lostOf, spread, sum } from '../figures.ts';
import type { LoadSeries, Resource } from '../model.ts';
import type { ColumnRuns, FigureRow, LoadFigures, LoadRow, Range } from './model.ts';

/** `values` must not be empty. The median is one that was measured. */
function rangeOf(values: readonly number[]): Range {
  const { min, p50, max } = spread(values);
  return { min, median: p50, max };
}

/** Every path that was under load in any column, with its figures over the runs of each. */
export function loadRows(columns: readonly ColumnRuns[]): LoadRow[] {
  const names = new Map<string, string>();
  const measured = columns.flatMap(({ label, runs }) =>
    runs.flatMap((run) => {
      for (const { id, name } of run.scenarios) names.set(id, name);
      return (run.load ?? []).flatMap(({ scenario, series }) => series.map((each) => ({ label, scenario, each })));
    }),
  );
  const rows = Map.groupBy(measured, ({ scenario, each }) => JSON.stringify([scenario, each.name]));
  return [...rows.values()].map((all) => {
    const [{ scenario, each }] = all as [(typeof all)[number]];
    return {
      scenario,
      name: names.get(scenario) ?? scenario,
      series: each.name,
      figures: [...Map.groupBy(all, ({ label }) => label)].map(([label, own]) => {
        const series = own.map(({ each }) => each);
        return loadFigures(label, series);
      }),
    };
  });
}

function loadFigures(column: string, all: readonly LoadSeries[]): LoadFigures {
  const errors = new Map<string, number>();
  for (const { lost } of all)
    for (const [error, number] of Object.entries(lost)) errors.set(error, (errors.get(error) ?? 0) + number);
  const latency = (which: keyof LoadSeries['latency']) => rangeOf(all.map(({ latency }) => latency[which]));
  return {
    column,
    runs: all.length,
    sent: rangeOf(all.map(({ sent }) => sent)),
    lost: rangeOf(all.map(lostOf)),
    errors: Object.fromEntries(errors),
    latency: { p50: latency('p50'), p95: latency('p95'), p99: latency('p99'), max: latency('max') },
  };
}

/** Those that are compared elsewhere, or say something of the measurement and not of the network. */
const elsewhere = /^(convergence|leak[- _]window|stable|precision of the clocks)\b/i;

/** What all of the network's workloads take together of the node that they take most of. */
const ofNodes: [string, string, (resource: Resource) => number][] = [
  ['memory', 'MB', ({ memoryBytes }) => memoryBytes / 1e6],
  ['CPU when quiet', '% of a core', ({ cores }) => 100 * cores.least],
  ['CPU on average', '% of a core', ({ cores }) => 100 * cores.mean],
];

/** Empty where no kubelet was asked. */
export function resourceRows(columns: readonly ColumnRuns[]): FigureRow[] {
  return ofNodes.flatMap(([measurement, unit, of]) => {
    const figures = columns.flatMap(({ label, runs }) => {
      const values = runs.flatMap(({ resources = [] }) => {
        const nodes = [...Map.groupBy(resources, ({ node }) => node).values()];
        const sums = nodes.map((all) => sum(all.map(of)));
        return sums.length === 0 ? [] : [Math.max(...sums)];
      });
      return values.length === 0 ? [] : [{ column: label, runs: values.length, value: rangeOf(values) }];
    });
    if (figures.length === 0) return [];
    return [{ scenario: 'resources', name: 'What the network takes of a node', measurement, unit, figures }];
  });
}

/** Figures that at least one scenario took once in a run, e.g. a throughput, and undisturbed. */
export function figureRows(columns: readonly ColumnRuns[]): FigureRow[] {
  const measured = columns.flatMap(({ label, runs }) =>
    runs.flatMap((run) =>
      run.scenarios.flatMap((scenario) =>
        scenario.measurements
          .filter(({ name, disturbed }) => !disturbed && !elsewhere.test(name.trim()))
          .map((measurement) => ({ label, scenario, measurement })),
      ),
    ),
  );
  const rows = Map.groupBy(measured, ({ scenario, measurement }) =>
    JSON.stringify([scenario.id, measurement.name, measurement.unit]),
  );
  return [...rows.values()].map((all) => {
    const [{ scenario, measurement }] = all as [(typeof all)[number]];
    return {
      scenario: scenario.id,
      name: scenario.name,
      measurement: measurement.name,
      unit: measurement.unit,
      figures: [...Map.groupBy(all, ({ label }) => label)].map(([column, own]) => ({
        column,
        runs: own.length,
        value: rangeOf(own.map(({ measurement }) => measurement.value)),
      })),
    };
  });
}
