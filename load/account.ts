import { lossOf } from './errors.ts';
import { brokenExit } from './exit.ts';
import type { Recording, Request } from './records.ts';

/** What the backends counted of one kind of request, all Pods together, those that are gone included. */
export interface Counted {
  /** Requests that arrived. */
  received: number;
  /** Requests whose answer was handed to the kernel in full. */
  answered: number;
}

function disagreement(kind: string, requests: readonly Request[], counted: Counted): string | undefined {
  const answered = requests.filter((request) => lossOf(request) === undefined).length;
  const seen = `k6 sent ${requests.length} ${kind} requests and got ${answered} answers`;
  // a lost request may have reached its backend or not; an answered one must have, and none may come from nowhere
  if (counted.received > requests.length) return `${seen}, but the backends received ${counted.received}`;
  if (counted.answered < answered) return `${seen}, but the backends answered ${counted.answered}`;
  return undefined;
}

/**
 * Every reason not to trust a recording, one sentence each; none means that the account is exact: sent = answered + lost, k6's
 * own totals agree to the request, and so do the backends' counters, which know nothing of k6.
 */
export function accountOf(recording: Recording, exitCode: number, counted: Record<string, Counted>): string[] {
  const { requests, totals, notes } = recording;
  const problems: (string | undefined)[] = [brokenExit(exitCode)];
  if (totals === undefined) problems.push(`k6 ended without its totals; it said: ${notes.at(-1) ?? 'nothing'}`);
  else if (totals.requests !== requests.length) {
    problems.push(`k6 counted ${totals.requests} requests and recorded ${requests.length}`);
  }
  if (requests.length === 0) problems.push(`k6 made no request; it said: ${notes.at(-1) ?? 'nothing'}`);
  const nothing: Counted = { received: 0, answered: 0 };
  for (const [kind, those] of Map.groupBy(requests, (request) => request.kind)) {
    problems.push(disagreement(kind, those, counted[kind] ?? nothing));
  }
  return problems.filter((problem) => problem !== undefined);
}
