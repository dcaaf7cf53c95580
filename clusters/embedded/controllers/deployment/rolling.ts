/**
 * One step of a rolling update: grow the current ReplicaSet as far as the surge allows, or else shrink the old ones as far as the
 * Pods that are available allow.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/controller/deployment/rolling.go
 */
import type { ReplicaSet } from '../kinds.ts';
import { maxUnavailable, replicasOf } from './limits.ts';
import { all, allowedSize, type Family, sizeOf, sum } from './replicasets.ts';
import { resize, type Sync } from './resize.ts';

const available = (set: ReplicaSet): number => set.status?.availableReplicas ?? 0;

export function rollingStep(sync: Sync, family: Family & { current: ReplicaSet }): void {
  if (!growCurrent(sync, family)) shrinkOld(sync, family);
}

function growCurrent(sync: Sync, family: Family & { current: ReplicaSet }): boolean {
  const { current } = family;
  const wanted = replicasOf(sync.deployment);
  if (sizeOf(current) === wanted) return false;
  const size = sizeOf(current) > wanted ? wanted : allowedSize(sync.deployment, family);
  return size === sizeOf(current) ? false : resize(sync, current, size);
}

function shrinkOld(sync: Sync, family: Family & { current: ReplicaSet }): void {
  const { current, old } = family;
  if (sum(old, sizeOf) === 0) return;
  const minAvailable = replicasOf(sync.deployment) - maxUnavailable(sync.deployment);
  const unavailableNew = sizeOf(current) - available(current);
  // new Pods that are not available yet count as if they never would be
  let removable = sum(all(family), sizeOf) - minAvailable - unavailableNew;
  if (removable <= 0) return;

  // Pods that are not available go first: they serve nobody
  const sizes = new Map(old.map((set) => [set, sizeOf(set)]));
  for (const set of old) {
    const cut = Math.min(removable, Math.max(0, sizeOf(set) - available(set)));
    sizes.set(set, sizeOf(set) - cut);
    removable -= cut;
  }
  let spare = sum(all(family), available) - minAvailable;
  for (const set of old) {
    const cut = Math.min(Math.max(0, spare), sizes.get(set) ?? 0);
    sizes.set(set, (sizes.get(set) ?? 0) - cut);
    spare -= cut;
  }
  for (const [set, size] of sizes) if (size !== sizeOf(set)) resize(sync, set, size);
}
