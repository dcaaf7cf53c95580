import { equal } from 'node:assert';
import { Actor, isReady } from '../actor.ts';
import { orFault } from '../fault.ts';
import type { KubeObject } from '../kube/index.ts';
import { waits } from '../waits.ts';
import { type AgentPod, agentDeployment, usualListeners } from '../workloads/index.ts';
import type { NetvetWorld } from '../world.ts';

/** A Deployment of Pods with agents, called NAME-1, NAME-2 ... by the scenario. */
export async function createDeployment(
  world: NetvetWorld,
  name: string,
  namespace: string,
  replicas: number,
  readiness: boolean,
): Promise<void> {
  const real = world.namespace(namespace);
  const pod: AgentPod = { listeners: usualListeners, ...(readiness ? { readiness } : {}) };
  await world.create(agentDeployment(real, name, world.parameters.images.node, pod, replicas));
  await meetPods(world, name, real, replicas);
}

/** Waits until the rollout is complete, and makes the acquaintance of the Pods that there are now. */
async function meetPods(world: NetvetWorld, name: string, namespace: string, replicas: number): Promise<void> {
  const rollout = world.kube.until(
    { kind: 'Deployment', namespace, name },
    `the rollout of ${name}`,
    waits.rollout,
    ([deployment]) => (deployment !== undefined && isRolledOut(deployment, replicas) ? true : undefined),
  );
  await orFault(world.kube, namespace, rollout);
  const where = { kind: 'Pod', namespace, labelSelector: `app=${name}` };
  const pods = await world.kube.until(where, `${replicas} Pods of ${name}`, waits.podsReady, (all) => {
    const present = all.filter((pod) => pod.metadata.deletionTimestamp === undefined);
    return present.length === replicas && present.every(isReady) ? present : undefined;
  });
  forget(world, name, namespace);
  const names = pods.map((_, i) => `${name}-${i + 1}`);
  await world.meet(pods, names);
}

function forget(world: NetvetWorld, name: string, namespace: string): void {
  for (const [key, actor] of world.actors) {
    if (!(actor instanceof Actor) || actor.namespace !== namespace || actor.pod.metadata.labels?.['app'] !== name)
      continue;
    actor.channel.close();
    world.actors.delete(key);
  }
}

function isRolledOut({ metadata, status }: KubeObject, replicas: number): boolean {
  const { observedGeneration = 0, updatedReplicas = 0, availableReplicas = 0, replicas: all = 0 } = status ?? {};
  const counts = [updatedReplicas, availableReplicas, all];
  return observedGeneration >= (metadata.generation ?? 0) && counts.every((count) => count === replicas);
}

export async function scale(world: NetvetWorld, name: string, namespace: string, replicas: number): Promise<void> {
  const metadata = { name, namespace: world.namespace(namespace) };
  await world.disturb(() => world.kube.patch({ kind: 'Deployment', metadata }, { spec: { replicas } }));
  await meetPods(world, name, metadata.namespace, replicas);
}

/** As `kubectl rollout restart` does it. */
export async function replaceEveryPod(world: NetvetWorld, name: string, namespace: string): Promise<void> {
  const metadata = { name, namespace: world.namespace(namespace) };
  const annotations = { 'netvet.dev/restarted': String(Date.now()) };
  const changed = await world.disturb(() =>
    world.kube.patch({ kind: 'Deployment', metadata }, { spec: { template: { metadata: { annotations } } } }),
  );
  await meetPods(world, name, metadata.namespace, changed['spec'].replicas as number);
}

export async function expectSameAddress(world: NetvetWorld, name: string): Promise<void> {
  const { metadata, spec } = world.service(name);
  const now = await world.kube.read({ kind: 'Service', metadata });
  equal(now['spec'].clusterIP, spec.clusterIP, `the Service ${name} has another address`);
}

export async function setReady(world: NetvetWorld, pod: string, ready: boolean): Promise<void> {
  await world.change(() => world.actor(pod).channel.request('ready', { ready }));
}
