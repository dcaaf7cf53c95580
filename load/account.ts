import { brokenExit, lossOf } from './errors.ts';
import type { Pause, Recording, Request } from './records.ts';

/** What a backend counted of one kind of request. */
export interface Counted {
  /** Requests that arrived. */
  received: number;
  /** Requests whose answer was handed to the kernel in full. */
  answered: number;
}

/** What one process of the backends counted, by kind; those that are gone have one too. */
export interface Backend {
  /** POD/ID, as its answers say it. */
  process: string;
  counts: Record<string, Counted>;
  /** When it stood still. */
  pauses: Pause[];
}

/** What the backends counted. */
type Counters = readonly Pick<Backend, 'process' | 'counts'>[];

/** What k6 and the backends say of one kind of request, process by process. */
interface Comparison {
  problems: string[];
  /** Requests that arrived, that k6 knows no answer to and has not lost either, and where they arrived. */
  unknown: number;
  where: string[];
}

function compare(kind: string, requests: readonly Request[], backends: Counters): Comparison {
  const own = requests.filter((request) => request.kind === kind);
  const byProcess = Map.groupBy(own, ({ process }) => process);
  const nameless = byProcess.get(undefined) ?? [];
  const stray = nameless.filter((request) => lossOf(request) === undefined).length;
  const problems = stray === 0 ? [] : [`k6 got ${stray} ${kind} answers that do not say which Pod gave them`];
  const where: string[] = [];
  let surplus = 0;
  const counts = new Map(backends.map(({ process, counts }) => [process, counts[kind]]));
  for (const process of new Set([...byProcess.keys(), ...counts.keys()])) {
    if (process === undefined) continue;
    const heard = byProcess.get(process) ?? [];
    const answered = heard.filter((request) => lossOf(request) === undefined).length;
    const counted = counts.get(process) ?? { received: 0, answered: 0 };
    if (counted.answered < answered)
      problems.push(`k6 got ${answered} ${kind} answers from ${process}, which answered ${counted.answered}`);
    if (counted.received < heard.length)
      problems.push(`k6 heard ${heard.length} times of ${kind} from ${process}, which received ${counted.received}`);
    if (counted.received > heard.length) {
      surplus += counted.received - heard.length;
      where.push(`${process} received ${counted.received} ${kind} requests, of which k6 heard of ${heard.length}`);
    }
  }
  // a lost request may have reached a backend or not, and nobody knows which; none may come from nowhere
  return { problems, where, unknown: Math.max(0, surplus - (nameless.length - stray)) };
}

/** k6 takes so long to let go of what it is doing, in ms. */
const lettingGoMs = 250;

/** How many requests ended in the recording's last moment. */
function lastOf(requests: readonly Request[]): number {
  const ends = requests.map(({ startedMs, ms }) => startedMs + ms);
  const last = ends.reduce((latest, end) => Math.max(latest, end), 0);
  return ends.filter((end) => end > last - lettingGoMs).length;
}

/**
 * Every reason not to trust a recording, one sentence each; none means that the account is exact: sent = answered +
 * lost, k6's own totals agree to the request, and so do the counters of each process of the backends, which know
 * nothing of k6. `told`: k6 was told to end, and requests that were under way then are neither answered nor lost; they
 * may have reached a backend.
 */
export function accountOf(recording: Recording, exitCode: number, backends: Counters, told = false): string[] {
  const { requests, totals, notes } = recording;
  const problems: (string | undefined)[] = [brokenExit(exitCode, told)];
  const said = notes.at(-1) ?? 'nothing';
  const cut = told ? Math.max(0, (totals?.begun ?? 0) - requests.length) : 0;
  // what k6 was doing when it was told to end is in its records and may be missing in its counts: it throws such
  // samples away
  const least = told ? requests.length - lastOf(requests) : requests.length;
  if (totals === undefined) problems.push(`k6 ended without its totals; it said: ${said}`);
  else if (totals.requests < least || totals.requests > requests.length + cut)
    problems.push(`k6 counted ${totals.requests} requests and recorded ${requests.length}`);
  else if (totals.begun < least || totals.begun > requests.length + cut)
    problems.push(`k6 began ${totals.begun} requests and recorded ${requests.length}`);
  if (requests.length === 0) problems.push(`k6 made no request; it said: ${said}`);
  const counted = backends.flatMap(({ counts }) => Object.keys(counts));
  const kinds = new Set([...requests.map(({ kind }) => kind), ...counted]);
  const all = [...kinds].map((kind) => compare(kind, requests, backends));
  problems.push(...all.flatMap((each) => each.problems));
  const beyond = all.filter(({ unknown }) => unknown > 0);
  const unknown = beyond.reduce((sum, each) => sum + each.unknown, 0);
  if (unknown > cut) {
    const where = beyond.flatMap((each) => each.where).join(', ');
    const many = `${unknown - cut} requests that k6 neither got an answer to nor lost`;
    problems.push(`the backends received ${many}: ${where}`);
  }
  return problems.filter((problem) => problem !== undefined);
}
