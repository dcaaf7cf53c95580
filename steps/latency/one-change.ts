import { setTimeout as delay } from 'node:timers/promises';
import type { Actor } from '../actor.ts';
import type { Reference } from '../kube/index.ts';
import { cadence } from '../waits.ts';
import { endpointsAt, service } from '../workloads/index.ts';
import type { World } from '../world.ts';
import { Dialling } from './dialling.ts';
import { groundOf, ports, sliceOf } from './ground.ts';
import { createdOutcome, endpointOutcome, type Outcome } from './outcome.ts';

/** Addresses that the API has just given out and taken back: so they can be dialled before a Service has them. */
export async function freeAddresses(world: World, count: number): Promise<string[]> {
  const { kube } = world;
  const namespace = world.namespace('shop');
  const names = Array.from({ length: count }, (_, i) => `reserved-${i + 1}`);
  const held = await Promise.all(names.map((name) => kube.create(service(namespace, name, { ports }))));
  await Promise.all(held.map(({ metadata }) => kube.delete({ kind: 'Service', metadata })));
  return held.map(({ spec }) => spec.clusterIP as string);
}

/** Creates a Service at this address, whose endpoints are there, and follows it until every node has had an answer. */
export async function createOne(world: World, name: string, address: string): Promise<Outcome> {
  const { servers } = groundOf(world);
  const { changeMs: budgetMs } = world.parameters.bounds;
  const namespace = world.namespace('shop');
  await world.create(sliceOf(namespace, name, servers));
  const dialling = await Dialling.start(world, address);
  const askedAt = performance.now();
  await world.create(service(namespace, name, { clusterIP: address, ports }));
  const acceptedAt = world.changedAt;
  await dialling.foundBy(servers, acceptedAt + budgetMs);
  const { arrivals, ...seen } = await dialling.end(servers);
  const names = servers.map((server) => server.name);
  const all = { ...seen, name, budgetMs, askedAt, acceptedAt, servers: names, arrivals: arrivals.flat() };
  return createdOutcome(all);
}

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
