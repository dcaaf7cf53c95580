import { equal, match } from 'node:assert';
import { Actor } from '../actor.ts';
import type { Operations } from '../probe/index.ts';
import type { World } from '../world.ts';

/** A Pod whose two containers each run an agent; the scenario calls the second one NAME-second. */
export async function startPair(world: World, name: string, first: number, second: number): Promise<void> {
  const listeners = [{ protocol: 'TCP' as const, port: first }];
  const sidecars = [{ name: 'second', listeners: [{ protocol: 'TCP' as const, port: second }] }];
  const [actor] = await world.start('shop', { [name]: { listeners, sidecars } });
  const other = await Actor.meet(world.kube, `${name}-second`, (actor as Actor).pod, 'second');
  world.defer(async () => other.channel.close());
  world.notes.set('second', other);
  world.actors.set(other.name, other);
}

async function dialLocally(world: World, { channel }: Actor, port: number) {
  const timeoutMs = world.answerMs;
  const attempts = [{ nonce: 'self', host: '127.0.0.1', port, protocol: 'TCP' as const }];
  const dial = () => channel.request('probe', { attempts, timeoutMs }, timeoutMs);
  const { reports } = await world.looking.once(timeoutMs, dial);
  return reports[0] as Operations['probe'][1]['reports'][number];
}

/** The answer on localhost comes from the other container. */
export async function expectLocalhostShared(world: World, port: number): Promise<void> {
  const { outcome, server } = await dialLocally(world, world.notes.get('second') as Actor, port);
  equal(outcome, 'connected', `the second container's connection to port ${port} on localhost: ${outcome}`);
  match(server ?? '', /^(?!.*-second$)/, `the second container was answered by itself`);
}

/** Two containers cannot both bind a port: they have one network. */
export async function expectPortTaken(world: World, port: number): Promise<void> {
  const { channel } = world.notes.get('second') as Actor;
  const listening = channel.request('listen', { protocol: 'TCP', port }).then(() => 'it could');
  const taken = await listening.catch((error: Error) => error.message);
  match(taken, /EADDRINUSE/, `the second container should not be able to take port ${port}: ${taken}`);
}

export async function serveLocally(world: World, name: string, port: number): Promise<void> {
  const { channel } = world.actor(name);
  await channel.request('listen', { protocol: 'TCP', port, host: '127.0.0.1' });
  world.defer(() => channel.request('unlisten', { protocol: 'TCP', port }));
}

export async function expectLocalhost(world: World, name: string, port: number): Promise<void> {
  const { outcome } = await dialLocally(world, world.actor(name), port);
  equal(outcome, 'connected', `${name} to its localhost, port ${port}: ${outcome}`);
}
