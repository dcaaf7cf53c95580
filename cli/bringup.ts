import type { Cluster } from '../clusters/cluster.ts';
import { findCni } from '../clusters/cni/index.ts';
import { embedded } from '../clusters/embedded/index.ts';
import type { RunOptions } from './options.ts';
import type { Progress } from './progress.ts';

/** A cluster with its CNI, Ready. `progress` shows the stages. On any failure the cluster is deleted again. */
export async function bringUp(
  options: Pick<RunOptions, 'cni' | 'nodes' | 'report'> & { name: string },
  progress: Progress,
): Promise<Cluster> {
  // its Kubernetes client takes as long to load as a cluster takes to start
  const loading = findCni(options.cni);
  const cluster = await embedded.create({
    name: options.name,
    nodes: options.nodes,
    progress: (stage) => progress.stage(stage),
    logDirectory: options.report,
  });
  try {
    const cni = await loading;
    progress.stage(`Installing CNI ${cni.name} ${cni.version}`);
    await cni.install(cluster);
    progress.stage('Waiting for the nodes to be Ready');
    await cni.ready(cluster);
  } catch (error) {
    await cluster.delete();
    throw error;
  }
  progress.stageDone();
  return cluster;
}
