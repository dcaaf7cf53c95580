import { equal } from 'node:assert';
import type { KubeObject } from '../kube/index.ts';
import { restart, scale, settled } from '../rollout.ts';
import { agentDeployment, usualListeners } from '../workloads/index.ts';
import type { World } from '../world.ts';

/** A Deployment of Pods with agents, called NAME-1, NAME-2 ... by the scenario. */
export async function createDeployment(
  world: World,
  name: string,
  replicas: number,
  namespace: string,
  readiness: boolean,
): Promise<void> {
  const real = world.namespace(namespace);
  const pod = { listeners: usualListeners, readiness };
  await world.create(agentDeployment(real, name, world.parameters.images.node, pod, replicas));
  await meetPods(world, name, real);
}

/** Waits until the rollout is complete, and gets to know the Pods that there are then. */
async function meetPods(world: World, name: string, namespace: string): Promise<void> {
  const isFormer = ({ metadata }: KubeObject) => metadata.deletionTimestamp !== undefined;
  const pods = await settled(world.kube, { name, namespace }, isFormer);
  for (const [key, actor] of world.actors) {
    if (actor.namespace !== namespace || actor.pod.metadata.labels?.['app'] !== name) continue;
    actor.channel.close();
    world.actors.delete(key);
  }
  const names = pods.map((_, i) => `${name}-${i + 1}`);
  await world.meet(pods, names);
}

export async function scaleDeployment(world: World, name: string, replicas: number): Promise<void> {
  const namespace = world.namespace('shop');
  await world.disturb(() => scale(world.kube, { name, namespace }, replicas));
  await meetPods(world, name, namespace);
}

export async function replaceEveryPod(world: World, name: string): Promise<void> {
  const namespace = world.namespace('shop');
  await world.disturb(() => restart(world.kube, { name, namespace }));
  await meetPods(world, name, namespace);
}

export async function expectSameAddress(world: World, name: string): Promise<void> {
  const { metadata, spec } = world.service(name);
  const now = await world.kube.read({ kind: 'Service', metadata });
  equal(now['spec'].clusterIP, spec.clusterIP, `the Service ${name} has another address`);
}

export async function setReady(world: World, pod: string, ready: boolean): Promise<void> {
  await world.change(() => world.actor(pod).channel.request('ready', { ready }));
}

/** A Pod that goes on serving while it is terminating. */
export async function startLingering(
  world: World,
  name: string,
  labels: Record<string, string>,
  beside: string,
  seconds: number,
): Promise<void> {
  const { node } = world.actor(beside);
  await world.start('shop', { [name]: { labels, listeners: usualListeners, lingerMs: seconds * 1000, node } });
}

/** As `kubectl delete --wait=false` does it. */
export const beginTermination = (world: World, name: string): Promise<void> =>
  world.change(() => world.kube.delete(world.actor(name).reference));
