import { service } from '../workloads/index.ts';
import type { World } from '../world.ts';
import { Dialling } from './dialling.ts';
import { groundOf, ports, sliceOf } from './ground.ts';
import { createdOutcome, type Outcome } from './outcome.ts';

/**
 * Addresses that the API has just given out and taken back, so that they can be dialled before a Service has them: the
 * first answer is then not as late as whoever begins to dial when it hears of the address.
 */
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
