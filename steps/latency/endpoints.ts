import { setTimeout as delay } from 'node:timers/promises';
import type { Actor } from '../actor.ts';
import { cadence } from '../waits.ts';
import { endpointsAt } from '../workloads/index.ts';
import type { World } from '../world.ts';
import { Dialling } from './dialling.ts';
import { groundOf, precisionOf, vouch } from './ground.ts';
import { endpointOutcome, type Outcome } from './outcome.ts';

/** The Service whose endpoints come and go. */
export interface Changing {
  address: string;
  slice: { kind: string; metadata: { name: string; namespace: string } };
}

/** Adds the second server to the endpoints, removes it once every node has found it, until it is left alone. */
export async function addAndRemove(world: World, { address, slice }: Changing, name: string): Promise<Outcome> {
  const { clients, servers } = groundOf(world);
  const [steady, guest] = servers;
  const { changeMs: budgetMs } = world.parameters.bounds;
  const dialling = await Dialling.start(world, address);
  const lead = (to: Actor[]) =>
    world.change(() => world.kube.patch(slice, { endpoints: endpointsAt(to.map(({ ip }) => ip)) }));
  const askedAt = performance.now();
  await lead(servers);
  const acceptedAt = world.changedAt;
  await dialling.foundBy([guest], acceptedAt + budgetMs);
  await lead([steady]);
  const removedAt = world.changedAt;
  const lastAt = await leftAlone(dialling, guest, removedAt, removedAt + budgetMs);
  const endedAt = performance.now();
  const attempts = await dialling.stop();
  await Promise.all(servers.map((server) => vouch(server, dialling.began)));
  const [atSteady, atGuest] = await Promise.all([dialling.arrivals(steady), dialling.arrivals(guest)]);
  return endpointOutcome({
    ...{ name, clients, attempts, budgetMs, askedAt, acceptedAt, removedAt, lastAt, endedAt, atSteady, atGuest },
    ...{ steady: steady.name, guest: guest.name, precisionMs: precisionOf(world) },
  });
}

/** When the last request came to a removed endpoint (harness time), known once none has followed for the quiet time. */
async function leftAlone(dialling: Dialling, guest: Actor, removedAt: number, deadline: number): Promise<number> {
  let last = removedAt;
  for (;;) {
    await delay(Math.max(0, last + cadence.quiet - performance.now()));
    const newest = Math.max(removedAt, (await dialling.arrivals(guest)).at(-1)?.at ?? 0);
    if (newest === last || newest > deadline) return newest;
    last = newest;
  }
}
