import { ok } from 'node:assert';
import type { Actor } from '../../actor.ts';
import { BrokenError } from '../../outcome.ts';
import { keptAll, type Packet } from '../../probe/index.ts';
import type { World } from '../../world.ts';

/** How often an attack is repeated. The datagram that proves that it was made is sent so often: one may be lost. */
const rounds = 4;
const copies = 3;

/** What carries a nonce to somebody. */
export type Made = (nonce: string) => Packet[];

/**
 * Sends packets that must not arrive, and after each burst, in the same way, such as must: silence proves nothing
 * otherwise. BrokenError: they do not arrive at `server`.
 */
export async function attack(
  world: World,
  attacker: Actor,
  forbidden: Made,
  [server, allowed]: [server: Actor, allowed: Made],
): Promise<void> {
  const key = world.freshKey();
  for (let round = 0; round < rounds; round += 1) {
    const proof = `proof-${key}-${round}`;
    const proofs = Array.from({ length: copies }, () => allowed(proof)).flat();
    const packets = [...forbidden(`attack-${key}-${round}`), ...proofs];
    await attacker.channel.request('send', { packets }, world.timeoutMs);
    const heard = await world.looking.heard(server, proof);
    if (heard.length > 0) continue;
    const what = `${server.name} has not heard what ${attacker.name} may send it in the same way`;
    throw new BrokenError(`control: ${what}: whether the attack was made is not known`);
  }
  world.measure('bursts of the attack', rounds, '');
  world.notes.set('attack', `attack-${key}-`);
}

/** What the attacker sent has not come to this Pod. */
export async function expectUnharmed(world: World, name: string): Promise<void> {
  const victim = world.actor(name);
  await keptAll(victim);
  const { arrivals } = await victim.channel.request('arrivals', { prefix: world.notes.get('attack') as string });
  const seen = [...new Set(arrivals.map(({ from }) => from))].join(' and ');
  ok(arrivals.length === 0, `in ${arrivals.length} of ${rounds} bursts the attack came to ${name}, as if from ${seen}`);
}
