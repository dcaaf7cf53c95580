import type { Run } from './model.ts';

export interface Spread {
  count: number;
  p50: number;
  p95: number;
  max: number;
}

/** Nearest-rank percentile (a value that was measured, never one in between). `values` must not be empty; p from 0 to 100. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] as number;
}

export function spread(values: readonly number[]): Spread {
  return {
    count: values.length,
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
}

const inMs: Record<string, number> = { us: 0.001, µs: 0.001, ms: 1, s: 1000 };

/** "Leak-window, after the relabel" is a leak window: what follows the comma says which of several. */
const kindOf = (name: string) =>
  (name.split(',')[0] as string)
    .trim()
    .toLowerCase()
    .replaceAll(/[-_ ]+/g, ' ');

/** All times measured under a name ("convergence", "leak window", "stable") over all scenarios of a run, in reading order. */
export function timings(run: Run, name: string): Timing[] {
  return run.scenarios.flatMap(({ id, name: scenario, measurements }) =>
    measurements.flatMap((measurement) => {
      const factor = inMs[measurement.unit];
      if (factor === undefined || kindOf(measurement.name) !== name) return [];
      return [{ ms: measurement.value * factor, scenario, id }];
    }),
  );
}

/** The timing that took longest; undefined when there is none. */
export function slowest(all: readonly Timing[]): Timing | undefined {
  return all.toSorted((a, b) => b.ms - a.ms)[0];
}
