import type { Recording } from './records.ts';
import { beginning } from './series.ts';

/** Several runners' recordings as one k6's: percentiles are of all requests. A runner without totals leaves none. */
export function poolOf(recordings: readonly Recording[]): Recording {
  const totals = recordings.flatMap((recording) => recording.totals ?? []);
  const sum = (count: keyof (typeof totals)[number]) => totals.reduce((all, each) => all + each[count], 0);
  const [requests, iterations] = [sum('requests'), sum('iterations')];
  const all = { requests, iterations, dropped: sum('dropped'), begun: sum('begun') };
  return {
    requests: recordings.flatMap(({ requests }) => requests),
    totals: totals.length < recordings.length ? undefined : all,
    pauses: recordings.flatMap(({ pauses }) => pauses),
    notes: recordings.flatMap(({ notes }) => notes),
  };
}

/** Milliseconds between the first requests of the runners that began first and last; 0 with fewer than two. */
export function apartMs(recordings: readonly Recording[], kind: string): number {
  const own = recordings.map(({ requests }) => requests.filter((request) => request.kind === kind));
  const begins = own.filter((requests) => requests.length > 0).map(beginning);
  return begins.length < 2 ? 0 : Math.max(...begins) - Math.min(...begins);
}
