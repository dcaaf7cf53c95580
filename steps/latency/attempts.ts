import { BrokenError } from '../outcome.ts';

/** Who dials, and on which node. */
export interface Client {
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
export function answersOf(attempts: Attempt[], servers: string[], arrivals: Arrival[]) {
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
export function longestGap(attempts: Attempt[], clients: Client[], from: number, to: number): number {
  const gaps = clients.flatMap((one) => {
    const inside = attempts.filter(({ client, at }) => client === one && at > from && at < to).map(({ at }) => at);
    const marks = [from, ...inside.toSorted((a, b) => a - b), to];
    return marks.slice(1).map((at, i) => at - (marks[i] as number));
  });
  return Math.max(...gaps);
}
