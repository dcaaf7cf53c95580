import { arch, cpus, totalmem } from 'node:os';
import { CoreV1Api, VersionApi } from '@kubernetes/client-node';
import type { Cluster } from '../clusters/cluster.ts';
import { findCni } from '../clusters/cni/index.ts';
import { configOf, installedOn } from '../clusters/existing/index.ts';

/** What a report says of the cluster: its Kubernetes version, number of nodes, and the kernels under them. */
export async function clusterFacts(cluster: Cluster): Promise<{ kubernetes: string; nodes: number; kernel: string }> {
  const config = configOf(cluster);
  const [{ gitVersion }, { items }] = await Promise.all([
    config.makeApiClient(VersionApi).getCode(),
    config.makeApiClient(CoreV1Api).listNode(),
  ]);
  const kernels = new Set(items.map((node) => node.status?.nodeInfo?.kernelVersion ?? 'unknown'));
  return { kubernetes: gitVersion, nodes: items.length, kernel: [...kernels].join(', ') };
}

/** The CNI that is installed: the one that we chose, or on a cluster that is not ours what it shows. */
export async function cniFacts(
  cluster: Cluster,
  chosen: string | undefined,
): Promise<{ name: string; version: string }> {
  if (chosen === undefined) return installedOn(configOf(cluster));
  const { name, version } = await findCni(chosen);
  return { name, version };
}

/** What else a reader needs to judge the figures. */
export function environment(): Record<string, string> {
  const cores = cpus();
  return {
    Node: process.version,
    CPU: `${cores.length} × ${cores[0]?.model ?? 'unknown'} (${arch()})`,
    Memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
  };
}
