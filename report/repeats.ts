import { spread } from './figures.ts';
import { gravestOf, type Judged } from './judge.ts';
import { looksOf } from './looks.ts';
import type { Distribution, Load, Repeat, Scenario, Status } from './model.ts';
import { statuses } from './outcome.ts';

/**
 * Makes one result of all repeats of a scenario, in the order in which they ran. What broke once is broken. Repeats
 * that end otherwise than each other are flaky, which is never a pass. Steps, cells and figures are those of the
 * gravest repeat, looks those of all.
 */
export function mergeRepeats(all: readonly Judged[]): Judged {
  const worst = gravestOf(all).scenario;
  const seen = new Set(all.map(({ scenario }) => scenario.status));
  const status: Status = seen.has('broken') || seen.size === 1 ? worst.status : 'flaky';
  const reason = reasonOf(status, all, worst);
  const { reason: _, steps, cells, ...rest } = worst;
  const looks = looksOf({ scenarios: all.map(({ scenario }) => scenario) });
  const scenario: Scenario = {
    ...rest,
    status,
    ...(reason !== undefined && { reason }),
    durationMs: spread(all.map(({ scenario: { durationMs } }) => durationMs)).p50,
    repeats: all.map(({ scenario }) => repeatOf(scenario)),
    ...(looks && { looks }),
    distributions: distributionsOf(all.map(({ scenario }) => scenario)),
    ...(cells && { cells }),
    ...(steps && { steps }),
  };
  return { scenario, loads: all.flatMap(({ loads }, i) => loads.map((load): Load => ({ ...load, repeat: i + 1 }))) };
}

const repeatOf = ({ status, reason, durationMs, measurements }: Scenario): Repeat => ({
  status,
  ...(reason !== undefined && { reason }),
  durationMs,
  measurements,
});

function reasonOf(status: Status, all: readonly Judged[], { status: gravest, reason }: Scenario): string | undefined {
  if (status === 'observed') return observedIn(all);
  const ended = all.map(({ scenario }) => scenario.status);
  if (ended.every((each) => each === gravest)) return reason;
  return [tally(ended), ...(reason === undefined ? [] : [reason])].join(': ');
}

/** "passed in 4 of 5 repeats, failed in 1". */
function tally(ended: readonly Status[]): string {
  const counts = statuses
    .toReversed()
    .map((status) => [status, ended.filter((each) => each === status).length] as const)
    .filter(([, times]) => times > 0);
  return counts
    .map(([status, times], i) => `${status} in ${times}${i === 0 ? ` of ${ended.length} repeats` : ''}`)
    .join(', ');
}

/** A time in a reason makes each another one. */
const reasonsTold = 4;

/** What was observed is not judged, so that it differs is no flake; it is told all the same. */
function observedIn(all: readonly Judged[]): string | undefined {
  const reasons = all.flatMap(({ scenario: { reason } }) => (reason === undefined ? [] : [reason]));
  const counts = [...Map.groupBy(reasons, (each) => each)].map(([each, { length }]) => ({ each, length }));
  const [first] = counts;
  if (first === undefined) return undefined;
  if (counts.length === 1) return first.each;
  const told = counts.slice(0, reasonsTold).map(({ each, length }) => `in ${length} of ${all.length} repeats: ${each}`);
  const more = counts.length > reasonsTold ? [`and ${counts.length - reasonsTold} more`] : [];
  return [...told, ...more].join('; ');
}

function distributionsOf(all: readonly Scenario[]): Distribution[] {
  const figures = all.flatMap(({ measurements }) => measurements.filter(({ disturbed }) => !disturbed));
  return [...Map.groupBy(figures, ({ name, unit }) => JSON.stringify([name, unit])).values()].map((same) => {
    const [{ name, unit }] = same as [(typeof same)[number]];
    return { name, unit, ...spread(same.map(({ value }) => value)) };
  });
}
