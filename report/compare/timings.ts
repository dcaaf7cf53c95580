import { slowest, spread, type Timing, timings } from '../figures.ts';
import type { ColumnRuns, Figures, TimingRow } from './model.ts';

const names = ['convergence', 'leak window'] as const;

/** How long changes took. Only those that every column has measured, undisturbed, make a fair comparison. */
export function timingRows(columns: readonly ColumnRuns[]): TimingRow[] {
  return names.flatMap((name) => {
    const measured = columns.map(({ label, runs }) => ({
      label,
      all: runs.flatMap((run) => keyed(timings(run, name))),
    }));
    const some = measured.filter(({ all }) => all.length > 0);
    if (some.length === 0) return [];
    const keys = some.map(({ all }) => new Set(all.map(({ key }) => key)));
    const shared = keys.reduce((common, own) => common.intersection(own));
    const every = keys.reduce((known, own) => known.union(own));
    const row: TimingRow = {
      name,
      common: {
        changes: shared.size,
        figures: measured.map(({ label, all }) => {
          const fair = all.filter(({ key }) => shared.has(key));
          return figuresOf(label, fair);
        }),
      },
      missing: measured.map(({ label, all }) => {
        return { column: label, changes: every.size - new Set(all.map(({ key }) => key)).size };
      }),
      all: measured.map(({ label, all }) => figuresOf(label, all)),
      values: measured.map(({ label, all }) => {
        return { column: label, values: all.map(({ id, scenario, ms }) => ({ id, scenario, ms })) };
      }),
    };
    return [row];
  });
}

/** One scenario measures several changes: the second of this run is the second of that one. */
const keyed = (all: readonly Timing[]): (Timing & { key: string })[] =>
  all.map((timing) => ({ ...timing, key: `${timing.id}\n${timing.change}` }));

function figuresOf(column: string, all: readonly Timing[]): Figures {
  if (all.length === 0) return { column, count: 0 };
  const { count, p50, p95, max } = spread(all.map(({ ms }) => ms));
  return { column, count, p50, p95, max, slowest: (slowest(all) as Timing).id };
}
