import { isLost, lossOf, soundLossOf } from './errors.ts';
import { pausedWithin } from './pauses.ts';
import { type Latency, latencyOf } from './percentile.ts';
import type { Pause, Recording, Request } from './records.ts';

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

const answeredMs = (requests: readonly Request[]) => requests.filter((r) => lossOf(r) === undefined).map((r) => r.ms);

function point(second: number, requests: readonly Request[], pausedMs: number): Point {
  const answered = answeredMs(requests);
  const { p50, p95 } = latencyOf(answered);
  const lost = requests.filter(isLost).length;
  return { second, sent: requests.length, lost, p50, p95, ...(pausedMs > 0 && { pausedMs }) };
}

/** When the load began, on the client's clock: its first request. */
export function beginning(requests: readonly Request[]): number {
  return requests.reduce((least, request) => Math.min(least, request.startedMs), Number.POSITIVE_INFINITY);
}

/**
 * Sums up requests as one series; a request belongs to the second in which it was sent. `fromMs` is second 0.
 * Seconds in which nothing was sent are there, with zeros: a gap in the load is to be seen. `pauses`: of k6.
 */
export function seriesOf(name: string, all: readonly Request[], fromMs: number, pauses: readonly Pause[] = []): Series {
  const bySecond = Map.groupBy(all, (request) => Math.floor((request.startedMs - fromMs) / 1000));
  const paused = (second: number) => pausedWithin(pauses, fromMs + 1000 * second, fromMs + 1000 * (second + 1));
  const seconds = Math.max(-1, ...bySecond.keys()) + 1;
  const answered = answeredMs(all);
  const unknown = all.filter((request) => request.void).length;
  const lost = Map.groupBy(all.filter(isLost), (request) => soundLossOf(request) as string);
  return {
    name,
    sent: all.length,
    answered: answered.length,
    lost: Object.fromEntries(Array.from(lost, ([reason, some]) => [reason, some.length])),
    ...(unknown > 0 && { void: unknown }),
    latency: latencyOf(answered),
    points: Array.from({ length: seconds }, (_, second) => point(second, bySecond.get(second) ?? [], paused(second))),
  };
}

/** How many of a series were lost, for whatever reason. */
export function lostIn({ sent, answered, void: unknown = 0 }: Pick<Series, 'sent' | 'answered' | 'void'>): number {
  return sent - answered - unknown;
}

/** Something that happened while the load ran, in milliseconds since 1970. */
export interface Happening {
  at: number;
  label: string;
}

/** One load run for the report. The same shape as the run model's Load, without the scenario's name. */
interface Summary {
  series: Series[];
  events: { second: number; label: string }[];
}

/** The paths, as backends count them and as reports call them. `control`, before the load, is in the account alone. */
export const pathNames = {
  service: 'Service path',
  direct: 'same Pods dialled directly',
  host: 'Service from the node’s own network',
} as const;

export type PathKind = keyof typeof pathNames;

/** Sums up a recording: a series for each kind of request, all from the same second 0, and what happened meanwhile. */
export function summaryOf(recording: Recording, happenings: readonly Happening[]): Summary {
  const requests = recording.requests.filter(({ kind }) => kind in pathNames);
  const startedMs = beginning(requests);
  const kinds = (Object.keys(pathNames) as PathKind[]).filter((kind) =>
    requests.some((request) => request.kind === kind),
  );
  return {
    series: kinds.map((kind) => {
      const own = requests.filter((request) => request.kind === kind);
      return seriesOf(pathNames[kind], own, startedMs, recording.pauses);
    }),
    events: happenings
      .map(({ at, label }) => ({ second: Math.round(at - startedMs) / 1000, label }))
      .toSorted((a, b) => a.second - b.second),
  };
}
