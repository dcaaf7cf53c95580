import { isReady } from '../actor.ts';
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
export async function settled(kube: Kube, deployment: Named): Promise<KubeObject[]> {
  const replicas = await complete(kube, deployment);
  return onlyReady(kube, deployment, (pods) => (pods.length === replicas && pods.every(isReady) ? pods : undefined));
}

/** The same when nobody is served meanwhile: Pods that had to go are not given the time to drain. */
export async function settledAtOnce(kube: Kube, deployment: Named): Promise<KubeObject[]> {
  const replicas = await complete(kube, deployment);
  const killed = new Set<string>();
  return onlyReady(kube, deployment, (pods) => {
    const [ready, others] = [pods.filter(isReady), pods.filter((pod) => !isReady(pod))];
    for (const { metadata } of others.filter((pod) => pod.metadata.deletionTimestamp !== undefined)) {
      if (killed.has(metadata.name)) continue;
      killed.add(metadata.name);
      // gone or not is what is waited for
      void kube.delete({ kind: 'Pod', metadata }, { grace: 0 }).catch(() => undefined);
    }
    return others.length === 0 && ready.length === replicas ? ready : undefined;
  });
}

async function complete(kube: Kube, { namespace, name }: Named): Promise<number> {
  const where = { kind: 'Deployment', namespace, name };
  const find = (found: KubeObject[]) => found.find(isComplete);
  const done = await kube.until(where, `Deployment ${name} to be complete`, waits.rollout, find);
  return done['spec'].replicas as number;
}

function onlyReady(
  kube: Kube,
  { namespace, name }: Named,
  holds: (pods: KubeObject[]) => KubeObject[] | undefined,
): Promise<KubeObject[]> {
  const where = { kind: 'Pod', namespace, labelSelector: `app=${name}` };
  return kube.until(where, `the former Pods of Deployment ${name} to be gone`, waits.rollout, holds);
}
