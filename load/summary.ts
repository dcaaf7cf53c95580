import type { Recording } from './records.ts';
import { beginning, type Series, seriesOf } from './series.ts';

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

/**
 * What each kind of request is called in reports. Those before the load (`control`) are in the account and not in the
 * curves.
 */
const names: Record<string, string> = { service: 'Service path', direct: 'same Pods dialled directly' };

/** Sums up a recording: a series for each kind of request, all from the same second 0, and what happened meanwhile. */
export function summaryOf(recording: Recording, happenings: readonly Happening[]): Summary {
  const requests = recording.requests.filter(({ kind }) => kind in names);
  const startedMs = beginning(requests);
  const kinds = Object.keys(names).filter((kind) => requests.some((request) => request.kind === kind));
  return {
    series: kinds.map((kind) =>
      seriesOf(
        names[kind] as string,
        requests.filter((request) => request.kind === kind),
        startedMs,
        recording.pauses,
      ),
    ),
    events: happenings
      .map(({ at, label }) => ({ second: Math.round(at - startedMs) / 1000, label }))
      .toSorted((a, b) => a.second - b.second),
  };
}
