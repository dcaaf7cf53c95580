/** What a round looks at: who dials whom, what should come of it, and what did. */
import type { AttemptReport, Listener, Protocol } from './attempt.ts';
import type { Channel } from './channel.ts';
import { type Stood, worstOf } from './still.ts';
import type { Expected, Verdict } from './verdict.ts';

/** A Pod with an agent, as far as rounds care. */
export interface Agent {
  readonly name: string;
  readonly channel: Pick<Channel, 'request' | 'clock' | 'still'> & {
    readonly silence?: Channel['silence'];
    readonly lost?: boolean;
    readonly agentId?: string;
    readonly isWatched?: boolean;
  };
}

/** The one of them that stood still longest between two moments, by the harness's clock. */
export function stoodLongest(agents: Iterable<Agent>, from: number, to: number): Stood {
  const observers = [...agents].map(({ name, channel }) => ({ name, still: channel.still }));
  return worstOf(observers, from, to);
}

/** Where an attempt goes. Behind a Service or a name there may be several servers: any of them may get the nonce. */
export interface Target {
  /** As people call it: `database`, `Service web`. */
  name: string;
  host: string;
  port: number;
  protocol: Protocol;
  servers: { agent: Agent; listener: Listener }[];
}

export interface Cell {
  from: Agent;
  to: Target;
  expected: Expected;
}

/** Every client at every target, all of them allowed. */
export const allAllowed = (clients: Agent[], targets: Target[]): Cell[] =>
  clients.flatMap((from) => targets.map((to): Cell => ({ from, to, expected: 'allowed' })));

export interface CellResult {
  cell: Cell;
  nonce: string;
  verdict: Verdict;
  report: AttemptReport | undefined;
  /** Harness time at which the nonce came in, if it did. */
  arrivedAt?: number;
}
