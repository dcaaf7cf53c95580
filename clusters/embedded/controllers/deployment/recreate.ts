/** One step of a Recreate update: all old Pods go, and only when the last of them is gone, the new ones come. */
import type { Pod, ReplicaSet } from '../kinds.ts';
import { controllerOf, isTerminal } from '../pods.ts';
import { replicasOf } from './limits.ts';
import { type Family, sizeOf, sum } from './replicasets.ts';
import { resize, type Sync } from './resize.ts';

/** Returns whether the current ReplicaSet may have Pods now. */
export function clearOld(sync: Sync, { old }: Family): boolean {
  const shrunk = old.filter((set) => sizeOf(set) > 0 && resize(sync, set, 0));
  return shrunk.length === 0 && !oldPodsRunning(sync, old);
}

/** A Pod that is still terminating is still running. */
function oldPodsRunning({ objects, deployment }: Sync, old: ReplicaSet[]): boolean {
  if (sum(old, ({ status }) => status?.replicas) > 0) return true;
  const owners = new Set(old.map(({ metadata }) => metadata.uid));
  return objects
    .list<Pod>('Pod', { namespace: deployment.metadata.namespace as string })
    .some((pod) => owners.has(controllerOf(pod)?.uid) && !isTerminal(pod));
}

export function growCurrent(sync: Sync, current: ReplicaSet): void {
  const wanted = replicasOf(sync.deployment);
  if (sizeOf(current) !== wanted) resize(sync, current, wanted);
}
