import { setTimeout as delay } from 'node:timers/promises';
import type { Actor } from '../actor.ts';
import type { Reference } from '../kube/index.ts';
import { cadence } from '../waits.ts';
import { endpointsAt } from '../workloads/index.ts';
import type { World } from '../world.ts';
import { Dialling } from './dialling.ts';
import { groundOf } from './ground.ts';
import { endpointOutcome, type Outcome } from './outcome.ts';

/** Adds the second server to the endpoints, removes it once every node has found it, until it is left alone. */
export async function addAndRemove(world: World, address: string, slice: Reference, name: string): Promise<Outcome> {
  const { servers } = groundOf(world);
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
  const { arrivals, ...seen } = await dialling.end(servers);
  const [atSteady = [], atGuest = []] = arrivals;
  const times = { budgetMs, askedAt, acceptedAt, removedAt, lastAt };
  return endpointOutcome({ ...seen, ...times, name, steady: steady.name, guest: guest.name, atSteady, atGuest });
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
