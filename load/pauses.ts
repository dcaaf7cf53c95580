import type { Backend } from './account.ts';
import { isLost, lossOf } from './errors.ts';
import type { Pause, Recording, Request, Stood } from './records.ts';

/** A request without an answer for so long is lost. */
export const timeoutMs = 2_000;

/** Of its time-out, the share for which an observer may have stood still before what it saw says nothing. */
const share = 0.5;

/** For how long somebody stood still between two moments, pause by pause, in milliseconds. */
const overlaps = (pauses: readonly Pause[], from: number, to: number): number[] =>
  pauses.map(({ atMs, ms }) => Math.max(0, Math.min(to, atMs + ms) - Math.max(from, atMs)));

const sumOf = (all: readonly number[]): number => all.reduce((sum, each) => sum + each, 0);

/** The same, all pauses together. */
export const pausedWithin = (pauses: readonly Pause[], from: number, to: number): number =>
  sumOf(overlaps(pauses, from, to));

/** Requests under way in such a pause may all have run into their time-out, and nobody can have kept a rate. */
const isLong = (ms: number): boolean => ms > share * timeoutMs;

/** All pauses together, in milliseconds. */
export const pausesMs = (pauses: readonly Pause[]): number => sumOf(pauses.map(({ ms }) => ms));

/** All such pauses together, in milliseconds. */
export const longPausesMs = (pauses: readonly Pause[]): number => sumOf(pauses.map(({ ms }) => ms).filter(isLong));

/**
 * The recording with those requests marked as void that ran into their time-out while k6 or one of the backends stood
 * still for more than half of it: their answer may have lain there unread, or not have been given. That nobody
 * listened, or that a connection was reset, was seen, and is a loss whoever stood still.
 */
export function withVoid(recording: Recording, backends: readonly Pick<Backend, 'process' | 'pauses'>[]): Recording {
  const observers = [{ process: 'k6', pauses: recording.pauses }, ...backends];
  const worst = ({ startedMs, ms }: Request) =>
    observers
      .map(({ process: who, pauses }): Stood => {
        const each = overlaps(pauses, startedMs, startedMs + ms);
        return { who, ms: sumOf(each), atOnce: each.some(isLong) };
      })
      .reduce((most, each) => (each.ms > most.ms ? each : most));
  const timedOut = ({ errorCode }: Request) => errorCode === 1050 || errorCode === 1211;
  const requests = recording.requests.map((request) => {
    if (lossOf(request) === undefined || !timedOut(request)) return request;
    const stood = worst(request);
    return isLong(stood.ms) ? { ...request, void: stood } : request;
  });
  return { ...recording, requests };
}

/** So few requests may be void for a load to say something. */
const fewest = 0.05;

/**
 * Why nobody can say whether more than so many requests were lost, in a sentence; undefined: it is known. What to do
 * about it is to be added. Requests that were under way when somebody stopped and went on are left out: those after
 * them were seen, and the load lasts until there are enough of those. On a machine that stands still again and again, a
 * loss looks like all the others.
 */
export function undecided(requests: readonly Request[], allowed: number): string | undefined {
  const unknown = requests.flatMap((request) => request.void ?? []);
  const [first] = unknown.toSorted((a, b) => b.ms - a.ms);
  const lost = requests.filter(isLost).length;
  const open = unknown.filter(({ atOnce }) => !atOnce).length;
  const enough = unknown.length <= fewest * requests.length;
  if (first === undefined || lost > allowed || lost + unknown.length <= allowed || (open === 0 && enough))
    return undefined;
  const seconds = (first.ms / 1000).toFixed(1);
  return (
    `${unknown.length} requests ran into their time-out while ${first.who} stood still, for up to ` +
    `${seconds} s: nobody knows whether the network lost them`
  );
}

/** Of the iterations that were due, so many must have begun, or the load was another one than was asked for. */
const begunShare = 0.95;

/**
 * Why the load that was asked for was not made, in a sentence; undefined: it was. What was due while k6 stood still is
 * no part of it: nothing was looked at in that time. `rate`: iterations a second of each k6 of the recording.
 * `pausedMs`: for how long it stood still; default: in long pauses, since a busy k6 makes short ones itself.
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
  if (missing <= (1 - begunShare) * due) return undefined;
  const percent = Math.floor((100 * iterations) / due);
  return (
    `k6 began ${iterations} of ${Math.round(due)} iterations that were due, ${percent} % where ` +
    `${100 * begunShare} % are needed`
  );
}
