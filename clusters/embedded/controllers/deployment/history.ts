import type { Objects } from '../../objects.ts';
import type { Deployment, ReplicaSet } from '../kinds.ts';
import { revisionOf } from './annotations.ts';
import { sizeOf } from './replicasets.ts';

/** Deletes old ReplicaSets beyond revisionHistoryLimit, the lowest revisions first; one that still has Pods stays for now. */
export function cleanUp(objects: Objects, deployment: Deployment, old: ReplicaSet[]): void {
  const alive = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const surplus = alive.length - (deployment.spec.revisionHistoryLimit ?? 10);
  if (surplus <= 0) return;
  for (const set of alive.toSorted((a, b) => revisionOf(a) - revisionOf(b)).slice(0, surplus)) {
    const { namespace, name, generation = 0 } = set.metadata;
    const observed = set.status?.observedGeneration ?? 0;
    if ((set.status?.replicas ?? 0) !== 0 || sizeOf(set) !== 0 || generation > observed) continue;
    objects.delete('ReplicaSet', namespace, name);
  }
}
