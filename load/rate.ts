import { longPausesMs } from './pauses.ts';
import type { Recording } from './records.ts';

/** Of the iterations that were due, so many must have begun, or the load was another one than was asked for. */
const share = 0.95;

/**
 * Why the load that was asked for was not made, in a sentence; undefined: it was. What was due while k6 stood still is
 * no part of it: nothing was looked at in that time. `rate`: iterations a second of each k6 of the recording.
 * `pausedMs`: for how long it stood still; default: in long pauses alone, for a k6 that has too much to do makes short
 * ones itself.
 */
export function rateProblem(
  { totals, pauses }: Recording,
  rate: number,
  pausedMs = longPausesMs(pauses),
): string | undefined {
  if (totals === undefined) return undefined; // the account says it
  const { iterations, dropped } = totals;
  const missing = Math.max(0, dropped - (rate * pausedMs) / 1000);
  const due = iterations + missing;
  if (missing <= (1 - share) * due) return undefined;
  const percent = Math.floor((100 * iterations) / due);
  return (
    `k6 began ${iterations} of ${Math.round(due)} iterations that were due, ${percent} % where ` +
    `${100 * share} % are needed`
  );
}
