/** How the sizes of a Deployment's ReplicaSets change: by a step of a rollout, or because its own size changed. */
import type { Deployment, Pod, ReplicaSet } from '../../kinds.ts';
import { controllerOf } from '../owners.ts';
import { byAge, isTerminal } from '../pods.ts';
import { resize } from './sync.ts';
import * as util from './util.ts';
import { availableOf, type ReplicaSets, replicasOf, type Sync, sizeOf, sum } from './util.ts';

/**
 * Of a rolling update: grows the current ReplicaSet as far as the surge allows, or else shrinks the old ones as far as
 * the Pods that are available allow.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/controller/deployment/rolling.go
 */
export function rollingStep(sync: Sync, sets: ReplicaSets & { current: ReplicaSet }): void {
  const { current, old } = sets;
  const wanted = replicasOf(sync.deployment);
  const size = sizeOf(current) > wanted ? wanted : util.allowedSize(sync.deployment, sets);
  if (size !== sizeOf(current)) resize(sync, current, size);
  else if (sum(old, sizeOf) > 0) shrinkOld(sync, sets);
}

function shrinkOld(sync: Sync, sets: ReplicaSets & { current: ReplicaSet }): void {
  const { current, old } = sets;
  const minAvailable = replicasOf(sync.deployment) - util.maxUnavailable(sync.deployment);
  // new Pods that are not available yet count as if they never would be
  let removable = sum(util.all(sets), sizeOf) - minAvailable - (sizeOf(current) - availableOf(current));
  if (removable <= 0) return;
  let spare = Math.max(0, sum(util.all(sets), availableOf) - minAvailable);
  const sizes = new Map<ReplicaSet, number>();
  // Pods that are not available go first: they serve nobody
  for (const set of old) {
    const cut = Math.min(removable, Math.max(0, sizeOf(set) - availableOf(set)));
    sizes.set(set, sizeOf(set) - cut);
    removable -= cut;
  }
  for (const [set, size] of sizes) {
    const cut = Math.min(spare, size);
    spare -= cut;
    if (size - cut !== sizeOf(set)) resize(sync, set, size - cut);
  }
}

/**
 * Of a Recreate update: all old Pods go, and only when the last of them is gone, the new ones come. Returns whether the
 * current ReplicaSet may have Pods now. A Pod that is still terminating is still running.
 */
export function clearOld(sync: Sync, { old }: ReplicaSets): boolean {
  const shrunk = old.filter((set) => sizeOf(set) > 0 && resize(sync, set, 0));
  if (shrunk.length > 0 || sum(old, ({ status }) => status?.replicas) > 0) return false;
  const owners = new Set(old.map(({ metadata }) => metadata.uid));
  return sync.objects
    .list<Pod>('Pod', { namespace: sync.deployment.metadata.namespace as string })
    .every((pod) => isTerminal(pod) || !owners.has(controllerOf(pod)?.uid));
}

const isActive = (set: ReplicaSet): boolean => sizeOf(set) > 0;

/** Whether the Deployment has another size than its ReplicaSets were last made for. */
export function isScaling(deployment: Deployment, sets: ReplicaSets): boolean {
  const wanted = replicasOf(deployment);
  return util.all(sets).some((set) => isActive(set) && (util.desiredReplicas(set) ?? wanted) !== wanted);
}

/**
 * After a change of the Deployment's size: sizes change in proportion, so that scaling during a rollout neither hastens
 * it nor costs availability. https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/controller/deployment/sync.go
 * (scale)
 */
export function scale(sync: Sync, sets: ReplicaSets): void {
  const { deployment } = sync;
  const active = util.all(sets).filter(isActive);
  if (active.length < 2) {
    const only = active[0] ?? sets.current ?? sets.old.at(-1);
    if (only && sizeOf(only) !== replicasOf(deployment)) resize(sync, only, replicasOf(deployment));
    return;
  }
  if (isSaturated(deployment, sets.current)) {
    for (const set of sets.old.filter(isActive)) resize(sync, set, 0);
    return;
  }
  if (!util.isRollingUpdate(deployment)) return;
  for (const [set, size] of proportional(deployment, active)) resize(sync, set, size);
}

function isSaturated(deployment: Deployment, set: ReplicaSet | undefined): boolean {
  if (!set) return false;
  const sizes = [sizeOf(set), util.desiredReplicas(set), availableOf(set)];
  return sizes.every((size) => size === replicasOf(deployment));
}

/** The new size of each: the larger, the more of the change it takes; what rounding leaves goes to the largest. */
function proportional(deployment: Deployment, active: ReplicaSet[]): Map<ReplicaSet, number> {
  const wanted = replicasOf(deployment);
  const allowed = wanted > 0 ? wanted + util.maxSurge(deployment) : 0;
  const toAdd = allowed - sum(active, sizeOf);
  // of two that are equally large the newer grows first, and the older shrinks first
  const sorted = active.toSorted((a, b) => sizeOf(b) - sizeOf(a) || (toAdd > 0 ? byAge(b, a) : byAge(a, b)));
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
  const before = util.maxReplicas(set) || deployment.status?.replicas || 0;
  if (before === 0) return 0;
  return Math.round((sizeOf(set) * (wanted + util.maxSurge(deployment))) / before) - sizeOf(set);
}
