import { ok } from 'node:assert/strict';
import { inTurn, isNotFound } from '../kube/index.ts';
import { BrokenError } from '../outcome.ts';
import { poll } from '../poll.ts';
import { waits } from '../waits.ts';
import { service } from '../workloads/index.ts';
import type { World } from '../world.ts';
import { allAnswer, groundOf, ports, sliceOf } from './ground.ts';

/** Of so many of the last ones it is looked whether they answer: the network has taken in all of them by then. */
const looked = 5;

/** Makes so many Services with two endpoints each; resolves when the last of them answer on every node. */
export async function createOthers(world: World, count: number): Promise<void> {
  const { kube } = world;
  const { servers } = groundOf(world);
  const namespace = await world.makeNamespace('elsewhere');
  // what follows is not to be measured while they are deleted
  world.deferToEnd(() => gone(world, namespace));
  const all = Array.from({ length: count }, (_, i) => service(namespace, `other-${i + 1}`, { ports }));
  const began = performance.now();
  const hosts: string[] = [];
  await inTurn(all, async (each) => {
    await kube.create(sliceOf(namespace, each.metadata.name, servers));
    const created = await kube.create(each);
    hosts.push(created['spec'].clusterIP as string);
  });
  world.measure(`${count} other Services created`, performance.now() - began, 'ms');
  const acceptedAt = performance.now();
  const seen = await allAnswer(world, hosts.slice(-looked), servers, waits.programmed);
  const seconds = waits.programmed / 1000;
  ok(seen === undefined, `${seconds} s after ${count} Services were created, the last do not answer: ${seen}`);
  world.measure('last one created, answers on every node', performance.now() - acceptedAt, 'ms');
}

/** Resolves once the namespace is gone; users who may not watch namespaces may read their own. */
async function gone({ kube }: World, name: string): Promise<void> {
  const isGone = () => kube.read({ kind: 'Namespace', metadata: { name } }).then(() => false, isNotFound);
  if (await poll(waits.namespaceGone, isGone)) return;
  throw new BrokenError(`waited ${waits.namespaceGone / 1000} s for the namespace ${name} to be gone`);
}
