import { AssertionError, ok } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import type { Target } from '../probe/index.ts';
import type { World } from '../world.ts';
import { answers, inWords } from './answers.ts';
import type { Place } from './node-ports.ts';
import { passAddressOn } from './services.ts';

/** What affinity was seen with: the target, and each client's Pod. */
interface Sticky {
  target: Target;
  pods: Map<string, string | undefined>;
}

/** Once the Service is there, all connections of a client go to one Pod. */
export async function expectSticky(world: World, clients: string[], count: number, place: Place): Promise<void> {
  const target = await place(world);
  const burst = (size: number, timeoutMs?: number) =>
    Promise.all(clients.map((client) => answers(world, client, target, size, timeoutMs)));
  const words = (seen: Map<string, number>[]) =>
    clients.map((client, i) => `${client}: ${inWords(seen[i] as Map<string, number>)}`).join('; ');
  const sticks = (seen: Map<string, number>) =>
    seen.size === 1 && [...seen.keys()].every((name) => world.actors.has(name));
  await world.looking.follow(`a Pod for each of ${clients.join(', ')} at ${target.name}:${target.port}`, async () => {
    const seen = await burst(3);
    return { right: seen.every(sticks), seen: words(seen) };
  });
  const { answerMs } = world;
  const seen = await world.looking.once(answerMs, () => burst(count, answerMs));
  ok(seen.every(sticks), `clients did not stay with one Pod: ${words(seen)}`);
  const pods = new Map(clients.map((client, i) => [client, [...(seen[i]?.keys() ?? [])][0]]));
  world.notes.set('sticky', { target, pods } satisfies Sticky);
}

/**
 * Waits until the affinity has run out (time that has to pass is what the scenario is about), and looks whether a
 * client has come to another Pod. Of 4 clients and 2 Pods, all stay by chance once in 16 times; 4 times make it 1 in
 * 65,536.
 */
export async function freeAgain(world: World, quietSeconds: number, times: number): Promise<void> {
  const { target, pods } = world.notes.get('sticky') as Sticky;
  for (let time = 1; time <= times; time += 1) {
    await delay(quietSeconds * 1000);
    const { answerMs } = world;
    const one = async (client: string) =>
      [client, [...(await answers(world, client, target, 1, answerMs)).keys()][0]] as const;
    const now = await world.looking.once(answerMs, () => Promise.all([...pods.keys()].map(one)));
    const lost = now.find(([, server]) => world.actors.get(server ?? '') === undefined);
    if (lost !== undefined)
      throw new AssertionError({ message: `after the quiet time, ${lost[0]} got no answer: ${lost[1]}` });
    if (now.some(([client, server]) => server !== pods.get(client)))
      return world.measure('quiet times until another Pod', time, '');
  }
  throw new AssertionError({ message: `after ${times} quiet times, every client still came to the same Pod` });
}

/**
 * An address with affinity goes from one Service to the next, and each time the clients come to the Pods that they had
 * at another Service. Were these forgotten, 4 clients of 2 Pods would stay by chance once in 16 times.
 */
export async function expectUnmoved(world: World, name: string, times: number): Promise<void> {
  const { target, pods } = world.notes.get('sticky') as Sticky;
  const clients = [...pods.keys()];
  const ask = async (where: Target, timeoutMs?: number) =>
    Promise.all(clients.map(async (client) => [...(await answers(world, client, where, 1, timeoutMs)).keys()][0]));
  for (let time = 1; time <= times; time += 1) {
    await passAddressOn(world, name, `${name}-${time}`);
    const next = world.target(`Service ${name}`);
    await world.looking.follow(`every client reaches the Service that has the address of ${name}`, async () => {
      const seen = await ask(next);
      return { right: seen.every((server) => world.actors.has(server ?? '')), seen: seen.join(', ') };
    });
    const { answerMs } = world;
    const seen = await world.looking.once(answerMs, () => ask(target, answerMs));
    const moved = clients.find((client, i) => seen[i] !== pods.get(client));
    if (moved === undefined) continue;
    const where = `${seen[clients.indexOf(moved)]} in place of ${pods.get(moved)}`;
    throw new AssertionError({ message: `after ${time} changes of another Service, ${moved} came to ${where}` });
  }
}
