import { isReady } from '../actor.ts';
import { orFault } from '../fault.ts';
import type { Kube, KubeObject } from '../kube/index.ts';
import { waits } from '../waits.ts';

/** A Deployment of this suite: its Pods are labelled app=NAME. */
export interface Named {
  namespace: string;
  name: string;
}

const reference = ({ namespace, name }: Named) => ({ kind: 'Deployment', metadata: { namespace, name } });

/** Starts a rolling update, as `kubectl rollout restart` does. */
export async function restart(kube: Kube, deployment: Named, at = new Date()): Promise<void> {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': at.toISOString() };
  await kube.patch(reference(deployment), { spec: { template: { metadata: { annotations } } } });
}

export async function scale(kube: Kube, deployment: Named, replicas: number): Promise<void> {
  await kube.patch(reference(deployment), { spec: { replicas } });
}

/** Whether the Deployment's controller has seen the newest spec and made all of it true. */
export function isComplete({ metadata, spec, status = {} }: KubeObject): boolean {
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  const counts = [replicas, updatedReplicas, availableReplicas];
  return observedGeneration >= (metadata.generation ?? 0) && counts.every((count) => count === spec.replicas);
}

/** Resolves with the Deployment's Pods once it is as it should be and the Pods before them are gone, drained and all. */
export async function settled(kube: Kube, { namespace, name }: Named): Promise<KubeObject[]> {
  const deployments = { kind: 'Deployment', namespace, name };
  const find = (found: KubeObject[]) => found.find(isComplete);
  const waiting = kube.until(deployments, `Deployment ${name} to be complete`, waits.rollout, find);
  const done = await orFault(kube, namespace, waiting);
  const pods = { kind: 'Pod', namespace, labelSelector: `app=${name}` };
  const only = (found: KubeObject[]) =>
    found.length === done['spec'].replicas && found.every(isReady) ? found : undefined;
  return kube.until(pods, `the former Pods of Deployment ${name} to be gone`, waits.rollout, only);
}
