/** What a Deployment writes on its ReplicaSets, for itself and for `kubectl rollout history`. */
import type { Deployment, ReplicaSet } from '../kinds.ts';
import { maxSurge, replicasOf } from './limits.ts';

export const revision = 'deployment.kubernetes.io/revision';
const history = 'deployment.kubernetes.io/revision-history';
const desired = 'deployment.kubernetes.io/desired-replicas';
const max = 'deployment.kubernetes.io/max-replicas';

/** Annotations of a Deployment that its ReplicaSets do not get. */
const own = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
  revision,
  history,
  desired,
  max,
]);

/** Characters of revision history; beyond that the oldest revisions are forgotten. */
const historyLimit = 2000;

export const revisionOf = ({ metadata }: ReplicaSet): number => Number(metadata.annotations?.[revision] ?? 0) || 0;

const numberIn = (set: ReplicaSet, key: string): number | undefined => {
  const text = set.metadata.annotations?.[key];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
};

export const desiredReplicas = (set: ReplicaSet) => numberIn(set, desired);
export const maxReplicas = (set: ReplicaSet) => numberIn(set, max);

/** The annotations that tell a scaling of the Deployment from its rollout. */
export const sizeAnnotations = (deployment: Deployment): Record<string, string> => ({
  [desired]: String(replicasOf(deployment)),
  [max]: String(replicasOf(deployment) + maxSurge(deployment)),
});

/**
 * Annotations of the ReplicaSet with the Deployment's current template, which is to be revision `next` at least. A ReplicaSet
 * that is rolled back to remembers the revisions it was before.
 */
export function currentAnnotations(
  deployment: Deployment,
  set: ReplicaSet | undefined,
  next: number,
): Record<string, string> {
  const before = set?.metadata.annotations ?? {};
  const given = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !own.has(key));
  const result = { ...before, ...Object.fromEntries(given) };
  const was = before[revision];
  if (Number(was ?? 0) >= next) return result;
  result[revision] = String(next);
  if (was !== undefined) {
    const revisions = [...(before[history] ? before[history].split(',') : []), was];
    while (revisions.join().length > historyLimit) revisions.shift();
    result[history] = revisions.join();
  }
  return result;
}
