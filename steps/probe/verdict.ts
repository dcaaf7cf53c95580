import type { Outcome } from './attempt.ts';

export type Verdict = 'allowed' | 'dropped' | 'rejected' | 'leaked' | 'unserved' | 'broken';
export type Expected = 'allowed' | 'denied';

/** Everything known about one attempt. */
export interface Evidence {
  /** undefined: the client's agent gave no report. */
  client: Outcome | undefined;
  /** Whether the nonce came in at the server that was meant. undefined: its agent gave no report. */
  arrived: boolean | undefined;
  /** Whether the server's listener answered its own Pod in the same round. undefined: not known. */
  alive: boolean | undefined;
  /** The answer names the server that was meant, or none. */
  claimed: boolean;
}

/**
 * The table of design section 3. What is not listed is broken: a gap in the evidence is never a verdict on the network.
 *
 * An answer to a nonce that the intended server never saw came from somebody else: the packet went where it should not,
 * so it is leaked, which satisfies neither "allowed" nor "denied". If the answer says that it is the intended server's
 * all the same, one of the two agents is not telling the truth.
 */
export function verdictOf({ client, arrived, alive, claimed }: Evidence): Verdict {
  if (client === undefined || client === 'error' || arrived === undefined) return 'broken';
  if (client === 'connected') return arrived ? 'allowed' : claimed ? 'broken' : 'leaked';
  if (client === 'unresolved') return arrived ? 'broken' : 'unserved';
  if (arrived) return 'leaked';
  if (alive === undefined) return 'broken';
  if (!alive) return 'unserved';
  return client === 'timeout' ? 'dropped' : 'rejected';
}

/** Whether a verdict is what was expected. "denied" is satisfied by dropped and rejected and by nothing else. */
export function satisfies(verdict: Verdict, expected: Expected): boolean {
  return expected === 'allowed' ? verdict === 'allowed' : verdict === 'dropped' || verdict === 'rejected';
}
