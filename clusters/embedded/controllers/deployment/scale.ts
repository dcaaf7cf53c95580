/**
 * A Deployment whose size changed: sizes of its ReplicaSets change in proportion, so that scaling during a rollout neither hastens it
 * nor costs availability. https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/controller/deployment/sync.go (scale)
 */
import type { Deployment, ReplicaSet } from '../kinds.ts';
import { desiredReplicas, maxReplicas } from './annotations.ts';
import { isRollingUpdate, maxSurge, replicasOf } from './limits.ts';
import { all, type Family, sizeOf, sum } from './replicasets.ts';
import { resize, type Sync } from './resize.ts';

const isActive = (set: ReplicaSet): boolean => sizeOf(set) > 0;

/** Whether the Deployment has another size than its ReplicaSets were last made for. */
export function isScaling(deployment: Deployment, family: Family): boolean {
  return all(family)
    .filter(isActive)
    .some((set) => (desiredReplicas(set) ?? replicasOf(deployment)) !== replicasOf(deployment));
}

export function scale(sync: Sync, family: Family): void {
  const { deployment } = sync;
  const active = all(family).filter(isActive);
  if (active.length < 2) {
    const only = active[0] ?? family.current ?? family.old.at(-1);
    if (only && sizeOf(only) !== replicasOf(deployment)) resize(sync, only, replicasOf(deployment));
    return;
  }
  if (isSaturated(deployment, family.current)) {
    for (const set of family.old.filter(isActive)) resize(sync, set, 0);
    return;
  }
  if (!isRollingUpdate(deployment)) return;
  for (const [set, size] of proportional(deployment, active)) resize(sync, set, size);
}

function isSaturated(deployment: Deployment, set: ReplicaSet | undefined): boolean {
  const wanted = replicasOf(deployment);
  return (
    set !== undefined &&
    sizeOf(set) === wanted &&
    desiredReplicas(set) === wanted &&
    (set.status?.availableReplicas ?? 0) === wanted
  );
}

/** The new size of each active ReplicaSet: the larger, the more of the change it takes; what rounding leaves goes to the largest. */
function proportional(deployment: Deployment, active: ReplicaSet[]): Map<ReplicaSet, number> {
  const wanted = replicasOf(deployment);
  const allowed = wanted > 0 ? wanted + maxSurge(deployment) : 0;
  const toAdd = allowed - sum(active, sizeOf);
  const age = (set: ReplicaSet) => Date.parse(set.metadata.creationTimestamp ?? '');
  // of two that are equally large the newer grows first, and the older shrinks first
  const sorted = active.toSorted((a, b) => sizeOf(b) - sizeOf(a) || (toAdd > 0 ? age(b) - age(a) : age(a) - age(b)));
  const sizes = new Map(sorted.map((set) => [set, sizeOf(set)]));
  let added = 0;
  for (const set of sorted) {
    const share = fraction(deployment, set);
    const part = toAdd > 0 ? Math.min(share, toAdd - added) : Math.max(share, toAdd - added);
    if (toAdd === added) break;
    sizes.set(set, sizeOf(set) + part);
    added += part;
  }
  const [largest] = sorted;
  if (largest) sizes.set(largest, Math.max(0, (sizes.get(largest) ?? 0) + toAdd - added));
  return sizes;
}

function fraction(deployment: Deployment, set: ReplicaSet): number {
  const wanted = replicasOf(deployment);
  if (wanted === 0) return -sizeOf(set);
  const before = maxReplicas(set) || deployment.status?.replicas || 0;
  if (before === 0) return 0;
  return Math.round((sizeOf(set) * (wanted + maxSurge(deployment))) / before) - sizeOf(set);
}
