/** What the embedded cluster has in place of kube-controller-manager and kube-scheduler. */
import type { Objects } from '../objects.ts';
import { startDaemonSets } from './daemonset/index.ts';
import { startDeployments } from './deployment/index.ts';
import { startEndpointSlices } from './endpointslice/index.ts';
import { startGarbageCollector } from './garbage.ts';
import { startJobs } from './job/index.ts';
import { startNamespaces } from './namespaces.ts';
import { type NodeOptions, startNodes } from './nodes.ts';
import { startReplicaSets } from './replicaset/index.ts';
import { startScheduler } from './scheduler/index.ts';

export { bootstrap } from './bootstrap.ts';

/**
 * Starts all controllers over the cluster's objects: they act on what is there and then on each change, within the same
 * turn of the event loop. `seed`: see the scheduler. Returns the function that stops them.
 */
export function startControllers(objects: Objects, options: NodeOptions & { seed?: number }): () => void {
  const stops = [
    startNodes(objects, options),
    startScheduler(objects, options.seed),
    startEndpointSlices(objects),
    startReplicaSets(objects),
    startDeployments(objects),
    startDaemonSets(objects),
    startJobs(objects),
    startNamespaces(objects),
    startGarbageCollector(objects),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
