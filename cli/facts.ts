import { arch, cpus, totalmem } from 'node:os';
import { CoreV1Api, VersionApi } from '@kubernetes/client-node';
import type { Cluster } from '../clusters/cluster.ts';
import { findCni } from '../clusters/cni/index.ts';
import { configOf, installedOn } from '../clusters/existing/index.ts';
import { closingSummary, type Run, writeReports } from '../report/index.ts';
import { failedCases } from './fuzz.ts';
import { version } from './paths.ts';
import { type ClusterChoice, stays } from './providers.ts';
import { markLatest, type Reporting } from './reports.ts';
import type { Until } from './stop.ts';

/** What a report says of the cluster: its Kubernetes version, number of nodes, and the kernels under them. */
async function clusterFacts(cluster: Cluster): Promise<{ kubernetes: string; nodes: number; kernel: string }> {
  const config = configOf(cluster);
  const [{ gitVersion }, { items }] = await Promise.all([
    config.makeApiClient(VersionApi).getCode(),
    config.makeApiClient(CoreV1Api).listNode(),
  ]);
  const kernels = new Set(items.map((node) => node.status?.nodeInfo?.kernelVersion ?? 'unknown'));
  return { kubernetes: gitVersion, nodes: items.length, kernel: [...kernels].join(', ') };
}

/** The CNI that is installed: the one that we chose, or on a cluster that is not ours what it shows. */
async function cniFacts(cluster: Cluster, chosen: string | undefined): Promise<{ name: string; version: string }> {
  if (chosen === undefined) return installedOn(configOf(cluster));
  const { name, version } = await findCni(chosen);
  return { name, version };
}

/** What every report says of a run on this cluster: which it is, what ran and where. */
export async function runFacts(cluster: Cluster, options: Reporting & Pick<ClusterChoice, 'cni'>) {
  const cores = cpus();
  return {
    id: options.id,
    startedAt: new Date(options.startedMs).toISOString(),
    command: options.command,
    netvet: version,
    cluster: { provider: cluster.provider, ...(await clusterFacts(cluster)) },
    cni: await cniFacts(cluster, options.cni),
    environment: {
      Node: process.version,
      CPU: `${cores.length} × ${cores[0]?.model ?? 'unknown'} (${arch()})`,
      Memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    },
  };
}

/** Writes and tells the results of a run, and waits for Ctrl-C where it keeps the cluster. `result`: for --json. */
export async function conclude(
  run: Run,
  cluster: Cluster,
  options: Reporting & ClusterChoice,
  { signal, stopped }: Until,
  result: unknown,
): Promise<void> {
  await writeReports(run, options.report);
  if (options.isDefaultReport) markLatest(options.report);
  for (const text of failedCases(run)) console.error(`${text}\n`);
  console.error(closingSummary(run, options.report));
  if (options.keep && !stays(options) && !signal.aborted) {
    console.error(`the cluster is kept until Ctrl-C: KUBECONFIG=${cluster.kubeconfig}`);
    await stopped;
  }
  if (options.json) console.log(JSON.stringify(result));
}
