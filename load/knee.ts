import { lossOf } from './errors.ts';
import { latencyOf } from './percentile.ts';
import type { Request } from './records.ts';
import { beginning } from './series.ts';

/** What a ramp was told (load/scripts/ramp.ts). */
export interface Ramp {
  /** Requests a second in its last step. */
  rate: number;
  seconds: number;
  steps: number;
}

/** One step of a ramp. */
export interface RampStep {
  /** Requests a second that were due. */
  due: number;
  /** Requests a second that were answered. */
  answered: number;
  /** Milliseconds. */
  p95: number;
}

/** Of what was due, so much must have been answered. */
const share = 0.95;
/** How much slower than the first step is too slow. */
const slower = 5;

/** Sums a recorded ramp up step by step; requests belong to the step in which they were sent. */
export function rampSteps(requests: readonly Request[], { rate, seconds, steps }: Ramp): RampStep[] {
  const began = beginning(requests);
  const stepMs = (1000 * seconds) / steps;
  const byStep = Map.groupBy(requests, ({ startedMs }) =>
    Math.min(steps - 1, Math.floor((startedMs - began) / stepMs)),
  );
  return Array.from({ length: steps }, (_, i) => {
    const answered = (byStep.get(i) ?? []).filter((request) => lossOf(request) === undefined);
    return {
      due: Math.round((rate * (i + 1)) / steps),
      answered: (1000 * answered.length) / stepMs,
      p95: latencyOf(answered.map(({ ms }) => ms)).p95,
    };
  });
}

/** The last step before less than 95 % of what was due was answered, or p95 was five times the first's. 0: none was. */
export function kneeOf(steps: readonly RampStep[]): number {
  const first = steps[0]?.p95 ?? 0;
  const bent = steps.findIndex(({ due, answered, p95 }) => answered < share * due || p95 > slower * first);
  const good = bent < 0 ? steps : steps.slice(0, bent);
  return good.at(-1)?.due ?? 0;
}
