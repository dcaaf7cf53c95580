import type { KubeObject } from '../kube/index.ts';
import { policyFrom } from '../workloads/index.ts';
import type { World } from '../world.ts';

function read(world: World, namespace: string, yaml: string): KubeObject {
  const addressOf = (pod: string) => world.actor(pod).ip;
  return policyFrom(yaml, world.namespace(namespace), addressOf, (name) => world.namespace(name));
}

/** Creates the policy; it goes after the scenario. */
export const applyPolicy = (world: World, namespace: string, yaml: string): Promise<unknown> =>
  world.create(read(world, namespace, yaml));

/** Puts another policy in the place of the one with the same name. */
export const replacePolicy = (world: World, namespace: string, yaml: string): Promise<unknown> =>
  world.change(() => world.kube.replace(read(world, namespace, yaml)));

export function deletePolicy(world: World, name: string, namespace: string): Promise<void> {
  const metadata = { name, namespace: world.namespace(namespace) };
  return world.change(() => world.kube.delete({ kind: 'NetworkPolicy', metadata }));
}
