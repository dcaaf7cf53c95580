import { lossOf } from './errors.ts';
import { type Latency, latencyOf } from './percentile.ts';
import type { Request } from './records.ts';

/** One second of a series. The same shape as the run model's LoadPoint. */
interface Point {
  /** Seconds since the load began. */
  second: number;
  sent: number;
  lost: number;
  /** Milliseconds, of the answered requests. */
  p50: number;
  p95: number;
}

/** What became of all requests of one kind. The same shape as the run model's LoadSeries. */
export interface Series {
  name: string;
  sent: number;
  answered: number;
  /** How many were lost, by reason. */
  lost: Record<string, number>;
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

function point(second: number, requests: readonly Request[]): Point {
  const answered = answeredMs(requests);
  const { p50, p95 } = latencyOf(answered);
  return { second, sent: requests.length, lost: requests.length - answered.length, p50, p95 };
}

/** When the load began, on the client's clock: its first request. */
export function beginning(requests: readonly Request[]): number {
  return requests.reduce((least, request) => Math.min(least, request.startedMs), Number.POSITIVE_INFINITY);
}

/**
 * Sums up requests as one series; a request belongs to the second in which it was sent. `startedMs` is second 0. Seconds in
 * which nothing was sent are there, with zeros: a gap in the load is to be seen.
 */
export function seriesOf(name: string, requests: readonly Request[], startedMs: number): Series {
  const bySecond = Map.groupBy(requests, (request) => Math.floor((request.startedMs - startedMs) / 1000));
  const seconds = Math.max(-1, ...bySecond.keys()) + 1;
  const answered = answeredMs(requests);
  return {
    name,
    sent: requests.length,
    answered: answered.length,
    lost: tally(requests.map(lossOf)),
    latency: latencyOf(answered),
    points: Array.from({ length: seconds }, (_, second) => point(second, bySecond.get(second) ?? [])),
  };
}

/** How many of a series were lost, for whatever reason. */
export function lostIn(series: Pick<Series, 'sent' | 'answered'>): number {
  return series.sent - series.answered;
}
