import type { Backend } from './account.ts';
import { isLost, lossOf } from './errors.ts';
import type { Recording, Request } from './records.ts';

/** A time in which a program did not run: it was to wake up, and did so too late. */
export interface Pause {
  /** Milliseconds since 1970 when it should have woken up. */
  atMs: number;
  ms: number;
}

/** A request without an answer for so long is lost. */
export const timeoutMs = 2_000;

/** Of its time-out, the share for which an observer may have stood still before what it saw says nothing. */
const share = 0.5;

/** For how long somebody stood still between two moments, in milliseconds. */
export const pausedWithin = (pauses: readonly Pause[], from: number, to: number): number =>
  pauses.reduce((sum, { atMs, ms }) => sum + Math.max(0, Math.min(to, atMs + ms) - Math.max(from, atMs)), 0);

/** Pauses in which requests that were under way may all have run into their time-out, and so nobody can have kept a rate. */
const isLong = ({ ms }: Pick<Pause, 'ms'>): boolean => ms > share * timeoutMs;

/** All of them together, in milliseconds. */
export const longPausesMs = (pauses: readonly Pause[]): number =>
  pauses.filter(isLong).reduce((sum, { ms }) => sum + ms, 0);

/**
 * The recording with those requests marked as void that ran into their time-out while k6 or one of the backends stood still for more
 * than half of it: their answer may have lain there unread, or not have been given. That nobody listened, or that a connection was
 * reset, was seen, and is a loss whoever stood still.
 */
export function withVoid(recording: Recording, backends: readonly Backend[]): Recording {
  const observers = [
    { who: 'k6', pauses: recording.pauses },
    ...backends.map(({ process: who, pauses }) => ({ who, pauses })),
  ];
  const worst = ({ startedMs, ms }: Request) =>
    observers
      .map(({ who, pauses }) => ({ who, ms: pausedWithin(pauses, startedMs, startedMs + ms) }))
      .reduce((most, each) => (each.ms > most.ms ? each : most));
  const timedOut = ({ errorCode }: Request) => errorCode === 1050 || errorCode === 1211;
  const requests = recording.requests.map((request) => {
    if (lossOf(request) === undefined || !timedOut(request)) return request;
    const stood = worst(request);
    return isLong(stood) ? { ...request, void: stood } : request;
  });
  return { ...recording, requests };
}

/**
 * Why nobody can say whether more than so many requests were lost, in a sentence; undefined: not more were, or it is known. What to do
 * about it is to be added.
 */
export function undecided(requests: readonly Request[], allowed: number): string | undefined {
  const unknown = requests.flatMap((request) => request.void ?? []);
  const [first] = unknown.toSorted((a, b) => b.ms - a.ms);
  const lost = requests.filter(isLost).length;
  if (first === undefined || lost > allowed || lost + unknown.length <= allowed) return undefined;
  const seconds = (first.ms / 1000).toFixed(1);
  return `${unknown.length} requests ran into their time-out while ${first.who} stood still, for up to ${seconds} s: nobody knows whether the network lost them`;
}
