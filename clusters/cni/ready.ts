/** What has to be so before a CNI counts as ready. */
import type { Kube, KubeObject } from './kube.ts';

/** Milliseconds. Images may have to be pulled, on clusters that pull any. */
const patience = 120_000;

const readyCondition = (object: KubeObject | undefined): { status: string; message?: string } | undefined =>
  object?.['status']?.conditions?.find(({ type }: { type: string }) => type === 'Ready');

/** Whether a node or a Pod says that it is Ready. */
export const isReady = (object: KubeObject | undefined): boolean => readyCondition(object)?.status === 'True';

/** Resolves when every node there is says that it is Ready. */
export async function nodesReady(kube: Kube): Promise<void> {
  const names = (await kube.nodes()).map(({ metadata }) => metadata.name);
  await kube.until('/api/v1/nodes', patience, (nodes) =>
    names.flatMap((name) => {
      const node = nodes.find(({ metadata }) => metadata.name === name);
      if (isReady(node)) return [];
      const condition = readyCondition(node);
      return [`node ${name} is not Ready${condition ? `: ${condition.message ?? ''}` : ''}`];
    }),
  );
}

/** Resolves when a DaemonSet has an available Pod of its current template on every node that it is for. */
export async function daemonSetReady(kube: Kube, name: string, namespace = 'kube-system'): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${namespace}/daemonsets?fieldSelector=metadata.name%3D${name}`;
  await kube.until(path, patience, ([set]) => {
    const {
      observedGeneration = 0,
      desiredNumberScheduled = 0,
      updatedNumberScheduled = 0,
      numberAvailable = 0,
    } = set?.['status'] ?? {};
    const current = observedGeneration >= Number(set?.metadata['generation'] ?? 0);
    const available = Math.min(updatedNumberScheduled, numberAvailable);
    if (current && desiredNumberScheduled > 0 && available === desiredNumberScheduled) return [];
    return [`DaemonSet ${name} has ${available} of ${desiredNumberScheduled} Pods available`];
  });
}
