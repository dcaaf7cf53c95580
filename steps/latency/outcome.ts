import { BrokenError } from '../outcome.ts';
import { cadence } from '../waits.ts';

/** Who dials, and on which node. */
interface Client {
  readonly name: string;
  readonly node: string;
}

/** One client's attempt; times are the harness's. */
export interface Attempt {
  nonce: string;
  client: Client;
  at: number;
  /** When the answer was there, and whose it was. */
  answer?: { at: number; server: string };
}

/** A nonce in a server's log. */
export interface Arrival {
  nonce: string;
  client: Client;
  at: number;
}

/** Answers of these servers, in order. BrokenError: a client was answered in the name of one that knows of nothing. */
function answersOf(attempts: Attempt[], servers: string[], arrivals: Arrival[]) {
  const known = new Set(arrivals.map(({ nonce }) => nonce));
  const answers = attempts.flatMap(({ nonce, client, at: begun, answer }) =>
    answer !== undefined && servers.includes(answer.server) ? [{ nonce, client, begun, ...answer }] : [],
  );
  const claimed = answers.find(({ nonce }) => !known.has(nonce));
  if (claimed !== undefined)
    throw new BrokenError(`${claimed.client.name} has an answer of ${claimed.server}, where nothing arrived`);
  return answers.toSorted((a, b) => a.at - b.at);
}

/** The longest time in which a client made no attempt, in ms, from one moment to another. */
function longestGap(attempts: Attempt[], clients: Client[], from: number, to: number): number {
  const gaps = clients.flatMap((one) => {
    const inside = attempts.filter(({ client, at }) => client === one && at > from && at < to).map(({ at }) => at);
    const marks = [from, ...inside.toSorted((a, b) => a - b), to];
    return marks.slice(1).map((at, i) => at - (marks[i] as number));
  });
  return Math.max(...gaps);
}

/** What became of one change: milliseconds since the API accepted it, by what is measured; or what was wrong. */
export interface Outcome {
  times: Record<string, number>;
  /** The longest time without an attempt of a client: the times are known no better. */
  gapMs: number;
  problem?: string;
  /** Why nothing is known of the silence after a removal: it has to be seen anew. */
  unknown?: string;
  /** How often that was so before it was seen. */
  missed?: number;
}

/** What both ends saw of a change; times are the harness's performance.now(). */
interface Seen {
  /** What was changed, as a problem names it. */
  name: string;
  clients: Client[];
  attempts: Attempt[];
  budgetMs: number;
  /** How well the times of the servers and clients are known, in ms. */
  precisionMs: number;
  /** The API was asked for the change, and has accepted it. */
  askedAt: number;
  acceptedAt: number;
  /** When nobody looked any more. */
  endedAt: number;
}

export interface SeenCreated extends Seen {
  servers: string[];
  arrivals: Arrival[];
}

const named = (clients: Client[]): string => clients.map(({ name, node }) => `${name} on ${node}`).join(' and ');

/** Of a new Service: when the last client had its first answer. BrokenError: its address led to the servers before. */
export function createdOutcome(seen: SeenCreated): Outcome {
  const { name, clients, attempts, arrivals, servers, budgetMs, precisionMs, askedAt, acceptedAt, endedAt } = seen;
  const answers = answersOf(attempts, servers, arrivals);
  const early = arrivals.find(({ at }) => at < askedAt - 2 * precisionMs);
  if (early !== undefined)
    throw new BrokenError(`${early.client.name} got through to a server before ${name} was there`);
  const firstOf = (one: Client) => answers.find(({ client }) => client === one)?.at ?? Number.POSITIVE_INFINITY;
  const missing = clients.filter((one) => firstOf(one) > acceptedAt + budgetMs);
  const gapMs = longestGap(attempts, clients, askedAt, endedAt);
  if (missing.length > 0)
    return { times: {}, gapMs, problem: `${name}: no answer to ${named(missing)} within ${budgetMs / 1000} s` };
  const lastMs = Math.max(...clients.map(firstOf)) - acceptedAt;
  return { times: { 'created, first answer from every node': Math.max(0, lastMs) }, gapMs };
}

export interface SeenEndpoint extends Seen {
  /** The server that stays, and the one that comes and goes. */
  steady: string;
  guest: string;
  atSteady: Arrival[];
  atGuest: Arrival[];
  /** The API has accepted the removal. */
  removedAt: number;
  /** The last request to the guest before it was left alone; `removedAt` if none came since. */
  lastAt: number;
}

/** Of an endpoint that was added and removed: its first requests, and its last one. */
export function endpointOutcome(seen: SeenEndpoint): Outcome {
  const { name, clients, attempts, askedAt, acceptedAt, removedAt, lastAt, endedAt, guest, atGuest } = seen;
  const answers = answersOf(attempts, [seen.steady, guest], [...seen.atSteady, ...atGuest]);
  const arrivedAt = new Map(atGuest.map(({ nonce, at }) => [nonce, at]));
  const firstOf = (one: Client) => {
    const first = answers.find(({ client, server }) => client === one && server === guest);
    return arrivedAt.get(first?.nonce ?? '') ?? Number.POSITIVE_INFINITY;
  };
  const firsts = clients.map(firstOf);
  const gapMs = longestGap(attempts, clients, askedAt, endedAt);
  const problem = tooLate(seen, firstOf);
  if (problem !== undefined) return { times: {}, gapMs, problem: `${name}: ${problem}` };
  // the silence is that of the network only if everybody went on asking, and the other one answered
  const pause = longestGap(attempts, clients, lastAt, endedAt);
  if (pause > cadence.quiet / 2)
    return { times: {}, gapMs, unknown: `a client made no attempt for ${Math.round(pause)} ms` };
  const isServed = (one: Client) =>
    answers.some(({ client, begun, server }) => client === one && begun > lastAt && server === seen.steady);
  const unserved = clients.filter((one) => !isServed(one));
  if (unserved.length > 0)
    return { times: {}, gapMs, problem: `${name}: removed, and no answer at all since then to ${named(unserved)}` };
  const times = {
    'added, first request on it': Math.max(0, Math.min(...firsts) - acceptedAt),
    'added, first request on it from every node': Math.max(0, Math.max(...firsts) - acceptedAt),
    'removed, last request on it': lastAt - removedAt,
  };
  return { times, gapMs };
}

/** What did not come in time, or when it should not have come, in words. */
function tooLate(seen: SeenEndpoint, firstOf: (client: Client) => number): string | undefined {
  const { clients, atGuest, budgetMs, precisionMs, askedAt, acceptedAt, removedAt, lastAt } = seen;
  if (atGuest.some(({ at }) => at < askedAt - 2 * precisionMs)) return 'requests before it was added';
  const missing = clients.filter((one) => firstOf(one) > acceptedAt + budgetMs);
  if (missing.length > 0) return `added, and not found within ${budgetMs / 1000} s from ${named(missing)}`;
  const afterMs = (at: number, since: number) => `${Math.round(at - since)} ms`;
  if (lastAt > removedAt + budgetMs)
    return `removed, and still asked after ${afterMs(lastAt, removedAt)}, beyond the budget`;
  const late = atGuest.find(({ at }) => at > lastAt + 2 * precisionMs);
  return late && `removed, and asked again ${afterMs(late.at, lastAt)} after what seemed the last request`;
}
