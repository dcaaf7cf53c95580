import { ok } from 'node:assert';
import { isIPv4 } from 'node:net';
import type { Actor } from '../../actor.ts';
import { BrokenError, SkipError } from '../../outcome.ts';
import { keptAll, type Packet } from '../../probe/index.ts';
import type { World } from '../../world.ts';

/** How often an attack is repeated. A datagram that has to be heard is sent so often: one may be lost. */
const rounds = 4;
const copies = 3;

/** What carries a nonce to somebody. */
export type Made = (nonce: string) => Packet[];

/** Packets that may arrive, and where. */
export interface Sent {
  from: Actor;
  at: Actor;
  port: number;
  packets: Made;
}

export interface Attack {
  from: Actor;
  /** What must not arrive, and the port of its victim. */
  forbidden: Made;
  port: number;
  /**
   * Silence proves nothing unless all of these are heard, in each burst: what the attacker may send in the same way,
   * so that the attack was made; and what somebody else sends to the victim's very port, so that it would be heard.
   */
  proofs: Sent[];
  /** What can only be heard where such an attack could work. */
  signs?: Sent[];
}

/** An attack that was carried out. */
interface Past {
  /** The nonces of what was sent begin so. */
  prefix: string;
  port: number;
  /** Why the attack may never have had a chance. */
  doubt?: string;
}

const noteKey = 'attack';
const pastOf = (world: World): Past => {
  const attack = world.notes.get(noteKey);
  if (attack === undefined) throw new BrokenError('nobody has attacked');
  return attack as Past;
};

/** A sentence on why nothing that has not come says anything. */
export function doubt(world: World, why: string): void {
  world.notes.set(noteKey, { ...pastOf(world), doubt: why });
}

export const prefixOf = (world: World): string => pastOf(world).prefix;

const send = ({ channel }: Actor, packets: Packet[], world: World) =>
  packets.length === 0 ? undefined : channel.request('send', { packets }, world.timeoutMs);

/** Carries out the attack, burst by burst. Returns those of its signs that were heard. BrokenError: a proof was not. */
export async function attack(world: World, { from, forbidden, port, proofs, signs = [] }: Attack): Promise<Sent[]> {
  for (const { name, ip } of [from, ...proofs.map(({ at }) => at)])
    if (!isIPv4(ip)) throw new SkipError(`${name} has ${ip}: such packets are made for IPv4 only`);
  const key = world.freshKey();
  const all = [...signs, ...proofs];
  const nonceOf = (sent: Sent, round: number) => `proof-${key}-${all.indexOf(sent)}-${round}`;
  for (let round = 0; round < rounds; round += 1) {
    const copiesOf = (wanted: Sent[]) =>
      wanted.flatMap((sent) => Array.from({ length: copies }, () => sent.packets(nonceOf(sent, round))).flat());
    const by = (actor: Actor, wanted: Sent[]) => wanted.filter((sent) => sent.from === actor);
    const others = [...new Set(all.map((sent) => sent.from))].filter((actor) => actor !== from);
    for (const other of others) await send(other, copiesOf(by(other, signs)), world);
    await send(from, [...forbidden(`attack-${key}-${round}`), ...copiesOf(by(from, all))], world);
    // after the attack: the listener lives until then
    for (const other of others) await send(other, copiesOf(by(other, proofs)), world);
    for (const proof of proofs) await mustHear(world, proof, nonceOf(proof, round), from);
  }
  world.measure('bursts of the attack', rounds, '');
  world.notes.set(noteKey, { prefix: `attack-${key}-`, port } satisfies Past);
  const heard = signs.map(async (sign) => {
    const prefix = `proof-${key}-${all.indexOf(sign)}-`;
    const { arrivals } = await sign.at.channel.request('arrivals', { prefix });
    return arrivals.some((arrival) => arrival.port === sign.port) ? [sign] : [];
  });
  return (await Promise.all(heard)).flat();
}

async function mustHear(world: World, { from, at, port }: Sent, nonce: string, attacker: Actor): Promise<void> {
  const heard = await world.looking.heard(at, nonce);
  if (heard.some((arrival) => arrival.port === port)) return;
  const [how, unknown] =
    from === attacker
      ? ['in the same way', 'the attack was made']
      : ['beside the attack', `${at.name} would have heard the attack`];
  const what = `${at.name}:${port}/UDP has not heard what ${from.name} may send it ${how}`;
  throw new BrokenError(`control: ${what}: whether ${unknown} is not known`);
}

/** What the attacker sent has not come to this Pod by the end of the scenario. Skipped where it never could have. */
export async function expectUnharmed(world: World, name: string): Promise<void> {
  const victim = world.actor(name);
  const past = pastOf(world);
  await keptAll(victim);
  const elsewhere = await expectNone(victim, past);
  if (elsewhere > 0) world.measure('bursts that came to a port that is open', elsewhere, '');
  world.skipIf(past.doubt);
  world.looking.again(async () => {
    await keptAll(victim);
    await expectNone(victim, past);
  });
}

/** Returns how often it came to a port at which it may. */
async function expectNone({ name, channel }: Actor, { prefix, port }: Past): Promise<number> {
  const all = (await channel.request('arrivals', { prefix })).arrivals;
  const arrivals = all.filter((arrival) => arrival.port === port);
  const seen = [...new Set(arrivals.map(({ from }) => from))].join(' and ');
  ok(arrivals.length === 0, `in ${arrivals.length} of ${rounds} bursts the attack came to ${name}, as if from ${seen}`);
  return all.length;
}
