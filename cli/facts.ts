import { CoreV1Api, KubeConfig, VersionApi } from '@kubernetes/client-node';
import type { Cluster } from '../clusters/cluster.ts';

/** What a report says of the cluster: its Kubernetes version, number of nodes, and the kernels under them. */
export async function clusterFacts(cluster: Cluster): Promise<{ kubernetes: string; nodes: number; kernel: string }> {
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  const [{ gitVersion }, { items }] = await Promise.all([
    config.makeApiClient(VersionApi).getCode(),
    config.makeApiClient(CoreV1Api).listNode(),
  ]);
  const kernels = new Set(items.map((node) => node.status?.nodeInfo?.kernelVersion ?? 'unknown'));
  return { kubernetes: gitVersion, nodes: items.length, kernel: [...kernels].join(', ') };
}
