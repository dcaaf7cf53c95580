/** The log of what arrived, and what it says as a witness. */
import { connect } from 'node:net';
import type { Arrival, Listener, Operations, Protocol } from '../attempt.ts';
import { heard } from './call-back.ts';
import { probe } from './dial.ts';
import { id, now } from './self.ts';
import { awakeMs, wake } from './still.ts';
import { codeOf, outcomeOf, within } from './within.ts';

export const arrivals = new Map<string, Arrival>();
const arrivalsKept = 200_000;

/** From when on the log is whole; 0: from the beginning. */
let logSince = 0;

/** Notes a nonce that came in, and forgets the oldest one when there are too many. */
export function arrived(nonce: string, protocol: Protocol, port: number, from: string, fromPort: number): void {
  wake(awakeMs);
  arrivals.set(nonce, { nonce, protocol, port, from, fromPort, at: now() });
  heard(nonce, from);
  if (arrivals.size <= arrivalsKept) return;
  const [oldest] = arrivals.values();
  if (oldest === undefined) return;
  arrivals.delete(oldest.nonce);
  logSince = oldest.at;
}

let canaries = 0;

/** Asks its own listeners too: what they answer must be in the log, or the log is no witness. */
export async function witness(nonces: string[], asked: Listener[]): Promise<Operations['witness'][1]> {
  const self = asked.map(async ({ protocol, port, host, relay }) => {
    const nonce = `self.${canaries++}`;
    const seen = await probe({ nonce, host: host ?? '127.0.0.1', port, protocol }, 1_000);
    if (!arrivals.delete(nonce) && seen.outcome === 'connected') logSince = now();
    if (relay === undefined || seen.outcome !== 'connected') return seen.outcome === 'connected';
    const behind = await within(1_000, (finish) => {
      const socket = connect(relay, '127.0.0.1', () => finish({ outcome: 'connected' }));
      socket.on('error', (error) => finish({ outcome: outcomeOf(codeOf(error)) }));
      return () => socket.destroy();
    });
    return behind.outcome === 'connected';
  });
  const alive = await Promise.all(self);
  const seen = nonces.map((nonce) => arrivals.get(nonce)).filter((arrival) => arrival !== undefined);
  return { id, arrivals: seen, alive, since: logSince, at: now() };
}
