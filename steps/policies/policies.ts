import type { KubeObject } from '../kube/index.ts';
import { policyFrom } from '../workloads/index.ts';
import type { NetvetWorld } from '../world.ts';

const read = (world: NetvetWorld, namespace: string, yaml: string): KubeObject =>
  policyFrom(
    yaml,
    world.namespace(namespace),
    (pod) => world.actor(pod).ip,
    (name) => world.namespace(name),
  );

/** Creates the policy; it goes after the scenario. */
export async function applyPolicy(world: NetvetWorld, namespace: string, yaml: string): Promise<void> {
  await world.create(read(world, namespace, yaml));
}

/** Puts another policy in the place of the one with the same name. */
export async function replacePolicy(world: NetvetWorld, namespace: string, yaml: string): Promise<void> {
  await world.change(() => world.kube.replace(read(world, namespace, yaml)));
}
