import { isLost, lossOf, soundLossOf } from './errors.ts';
import { pausedWithin } from './pauses.ts';
import { type Latency, latencyOf } from './percentile.ts';
import type { Pause, Request } from './records.ts';

/** One second of a series. The same shape as the run model's LoadPoint. */
interface Point {
  /** Seconds since the load began. */
  second: number;
  sent: number;
  /** Void ones are none of these. */
  lost: number;
  /** Milliseconds, of the answered requests. */
  p50: number;
  p95: number;
  /** For how long k6 stood still in it, in milliseconds; absent: not at all. */
  pausedMs?: number;
}

/** What became of all requests of one kind. The same shape as the run model's LoadSeries. */
export interface Series {
  name: string;
  sent: number;
  answered: number;
  /** How many were lost, by reason. */
  lost: Record<string, number>;
  /** How many ran into their time-out while somebody stood still, so that nobody knows; absent: none. */
  void?: number;
  /** Milliseconds, of the answered requests. */
  latency: Latency;
  points: Point[];
}

function tally(reasons: Iterable<string | undefined>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reason of reasons) if (reason !== undefined) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

const answeredMs = (requests: readonly Request[]) => requests.filter((r) => lossOf(r) === undefined).map((r) => r.ms);

function point(second: number, requests: readonly Request[], pausedMs: number): Point {
  const answered = answeredMs(requests);
  const { p50, p95 } = latencyOf(answered);
  return {
    second,
    sent: requests.length,
    lost: requests.filter(isLost).length,
    p50,
    p95,
    ...(pausedMs > 0 && { pausedMs }),
  };
}

/** When the load began, on the client's clock: its first request. */
export function beginning(requests: readonly Request[]): number {
  return requests.reduce((least, request) => Math.min(least, request.startedMs), Number.POSITIVE_INFINITY);
}

/**
 * Sums up requests as one series; a request belongs to the second in which it was sent. `startedMs` is second 0.
 * Seconds in which nothing was sent are there, with zeros: a gap in the load is to be seen. `pauses`: when k6 stood
 * still.
 */
export function seriesOf(
  name: string,
  requests: readonly Request[],
  startedMs: number,
  pauses: readonly Pause[] = [],
): Series {
  const bySecond = Map.groupBy(requests, (request) => Math.floor((request.startedMs - startedMs) / 1000));
  const paused = (second: number) => pausedWithin(pauses, startedMs + 1000 * second, startedMs + 1000 * (second + 1));
  const seconds = Math.max(-1, ...bySecond.keys()) + 1;
  const answered = answeredMs(requests);
  const unknown = requests.filter((request) => request.void).length;
  return {
    name,
    sent: requests.length,
    answered: answered.length,
    lost: tally(requests.map(soundLossOf)),
    ...(unknown > 0 && { void: unknown }),
    latency: latencyOf(answered),
    points: Array.from({ length: seconds }, (_, second) => point(second, bySecond.get(second) ?? [], paused(second))),
  };
}

/** How many of a series were lost, for whatever reason. */
export function lostIn({ sent, answered, void: unknown = 0 }: Pick<Series, 'sent' | 'answered' | 'void'>): number {
  return sent - answered - unknown;
}
