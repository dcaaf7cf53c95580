import type { Distribution, LoadSeries, Run } from './model.ts';

export const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** Requests of a series that were lost, whatever the error. */
export const lostOf = ({ lost }: Pick<LoadSeries, 'lost'>): number => sum(Object.values(lost));

/** Nearest-rank percentile: a value that was measured. `values` must not be empty; p from 0 to 100. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] as number;
}

/** `values` must not be empty. */
export function spread(values: readonly number[]): Omit<Distribution, 'name' | 'unit'> {
  return {
    count: values.length,
    min: percentile(values, 0),
    p50: percentile(values, 50),
    p95: percentile(values, 95),
    max: percentile(values, 100),
  };
}

/** One measured time, in milliseconds, and where it was measured. */
export interface Timing {
  ms: number;
  scenario: string;
  id: string;
  /** Which of the scenario's repeats measured it, from 0. */
  repeat: number;
  /** Which of the changes that it measured there, from 0. */
  change: number;
}

const inMs: Record<string, number> = { us: 0.001, µs: 0.001, ms: 1, s: 1000 };

/** "Leak-window, after the relabel" is a leak window: what follows the comma says which of several. */
const kindOf = (name: string) =>
  (name.split(',')[0] as string)
    .trim()
    .toLowerCase()
    .replaceAll(/[-_ ]+/g, ' ');

/** All times of a name ("convergence", "leak window", "stable") over scenarios and repeats, without disturbed ones. */
export function timings(run: Pick<Run, 'scenarios'>, name: string): Timing[] {
  return every(run, name).flatMap(({ disturbed, ...timing }) => (disturbed ? [] : [timing]));
}

/** How many times of that name were measured while an observer stood still. */
export const disturbedIn = (run: Pick<Run, 'scenarios'>, name: string): number =>
  every(run, name).filter(({ disturbed }) => disturbed).length;

function every({ scenarios }: Pick<Run, 'scenarios'>, name: string): (Timing & { disturbed: boolean })[] {
  return scenarios.flatMap((each) =>
    (each.repeats ?? [each]).flatMap(({ measurements }, repeat) =>
      measurements
        .filter((measurement) => kindOf(measurement.name) === name && inMs[measurement.unit] !== undefined)
        .map(({ value, unit, disturbed = false }, change) => {
          const ms = value * (inMs[unit] as number);
          return { ms, scenario: each.name, id: each.id, repeat, change, disturbed };
        }),
    ),
  );
}

/** The timing that took longest; undefined when there is none. */
export function slowest(all: readonly Timing[]): Timing | undefined {
  return all.toSorted((a, b) => b.ms - a.ms)[0];
}
