import { isReady } from './actor.ts';
import { orFault } from './fault.ts';
import type { Kube, KubeObject } from './kube/index.ts';
import { waits } from './waits.ts';
import type { World } from './world.ts';

/** A Deployment of this suite: its Pods are labelled app=NAME. */
export interface Named {
  namespace: string;
  name: string;
}

/** The Deployment `frontend` of a scenario's namespace `shop`. */
export const frontendOf = (world: World): Named => ({ namespace: world.namespace('shop'), name: 'frontend' });

/** Starts a rolling update, as `kubectl rollout restart` does; of a DaemonSet too. */
export async function restart(kube: Kube, metadata: Named, kind = 'Deployment'): Promise<void> {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
  await kube.patch({ kind, metadata }, { spec: { template: { metadata: { annotations } } } });
}

export async function scale(kube: Kube, metadata: Named, replicas: number): Promise<void> {
  await kube.patch({ kind: 'Deployment', metadata }, { spec: { replicas } });
}

/** Whether the Deployment's controller has seen the newest spec and made all of it true. */
export function isComplete({ metadata, spec, status = {} }: KubeObject): boolean {
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  const counts = [replicas, updatedReplicas, availableReplicas];
  return observedGeneration >= (metadata.generation ?? 0) && counts.every((count) => count === spec.replicas);
}

/** Resolves with a Deployment's Pods once it is complete and all are Ready; those left out are not counted. */
export async function settled(
  kube: Kube,
  { namespace, name }: Named,
  isLeftOut: (pod: KubeObject) => boolean = () => false,
): Promise<KubeObject[]> {
  const deployments = { kind: 'Deployment', namespace, name };
  const find = (found: KubeObject[]) => found.find(isComplete);
  const waiting = kube.until(deployments, `Deployment ${name} to be complete`, waits.rollout, find);
  const done = await orFault(kube, namespace, waiting);
  const where = { kind: 'Pod', namespace, labelSelector: `app=${name}` };
  return kube.until(
    where,
    `the Pods of Deployment ${name} to be Ready, and no others there`,
    waits.rollout,
    (found) => {
      const pods = found.filter((pod) => !isLeftOut(pod));
      return pods.length === done['spec'].replicas && pods.every(isReady) ? pods : undefined;
    },
  );
}
