/** A Deployment's status, which `kubectl rollout status` reads. */
import { timestamp } from '../../api/storage/metadata.ts';
import { withCondition, withoutCondition } from '../conditions.ts';
import type { Condition, Deployment, DeploymentStatus, ReplicaSet } from '../kinds.ts';
import { conditionOf } from '../pods.ts';
import { deadlineOf, maxUnavailable, replicasOf } from './limits.ts';
import { all, type Family, progressing, sizeOf, sum } from './replicasets.ts';

/** Counts and the Available condition. Counts of zero are left out, as Go leaves them out. */
export function countsOf(deployment: Deployment, family: Family): DeploymentStatus {
  const sets = all(family);
  const availableReplicas = sum(sets, ({ status }) => status?.availableReplicas);
  const counts = {
    replicas: sum(sets, ({ status }) => status?.replicas),
    updatedReplicas: family.current?.status?.replicas ?? 0,
    readyReplicas: sum(sets, ({ status }) => status?.readyReplicas),
    availableReplicas,
    unavailableReplicas: Math.max(0, sum(sets, sizeOf) - availableReplicas),
  };
  const enough = availableReplicas >= replicasOf(deployment) - maxUnavailable(deployment);
  const { collisionCount, conditions } = deployment.status ?? {};
  return {
    ...(deployment.metadata.generation !== undefined && { observedGeneration: deployment.metadata.generation }),
    ...Object.fromEntries(Object.entries(counts).filter(([, number]) => number > 0)),
    ...(collisionCount && { collisionCount }),
    conditions: withCondition(conditions, {
      type: 'Available',
      status: enough ? 'True' : 'False',
      reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
      message: `Deployment ${enough ? 'has' : 'does not have'} minimum availability.`,
      lastUpdateTime: timestamp(),
    }),
  };
}

const number = (value: number | undefined): number => value ?? 0;

/** Every replica is updated and available, and no other is left. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const wanted = replicasOf(deployment);
  return (
    number(status.updatedReplicas) === wanted &&
    number(status.replicas) === wanted &&
    number(status.availableReplicas) === wanted &&
    number(status.observedGeneration) >= number(deployment.metadata.generation)
  );
}

function hasProgressed(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus) => number(status.replicas) - number(status.updatedReplicas);
  return (
    number(after.updatedReplicas) > number(before.updatedReplicas) ||
    old(after) < old(before) ||
    number(after.readyReplicas) > number(before.readyReplicas) ||
    number(after.availableReplicas) > number(before.availableReplicas)
  );
}

/** Milliseconds until a rollout without progress counts as stuck. */
export function untilDeadline(deployment: Deployment, condition: Condition): number {
  return Date.parse(condition.lastUpdateTime ?? '') + (deadlineOf(deployment) ?? Infinity) * 1000 - Date.now();
}

/** The status during and after a rollout: counts, Available, Progressing, ReplicaFailure. */
export function rolloutStatus(deployment: Deployment, family: Family): DeploymentStatus {
  const status = countsOf(deployment, family);
  const conditions = withFailure(progress(deployment, family, status), family);
  return { ...status, conditions };
}

function progress(deployment: Deployment, { current }: Family, status: DeploymentStatus): Condition[] {
  const conditions = status.conditions ?? [];
  if (deadlineOf(deployment) === undefined) return withoutCondition(conditions, 'Progressing');
  const before = conditionOf(deployment, 'Progressing');
  const finished = before?.reason === 'NewReplicaSetAvailable';
  if (finished && number(status.replicas) === number(status.updatedReplicas)) return conditions;

  const subject = current ? `ReplicaSet "${current.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(deployment, status)) {
    return withCondition(
      conditions,
      progressing('True', 'NewReplicaSetAvailable', `${subject} has successfully progressed.`),
    );
  }
  if (hasProgressed(deployment.status ?? {}, status)) {
    const condition: Condition = progressing('True', 'ReplicaSetUpdated', `${subject} is progressing.`);
    const since = before?.status === 'True' ? before.lastTransitionTime : timestamp();
    // set anew even if it says the same: its lastUpdateTime is the time of the last progress
    return [
      ...withoutCondition(conditions, 'Progressing'),
      { ...condition, ...(since && { lastTransitionTime: since }) },
    ];
  }
  const stuck =
    before && !finished && (before.reason === 'ProgressDeadlineExceeded' || untilDeadline(deployment, before) < 0);
  if (!stuck) return conditions;
  return withCondition(
    conditions,
    progressing('False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`),
  );
}

/** A ReplicaSet that cannot create Pods says so on the Deployment; the current one is heard first. */
function withFailure(conditions: Condition[], { current, old }: Family): Condition[] {
  const sets = [current, ...old].filter((set): set is ReplicaSet => set !== undefined);
  const failure = sets.map((set) => conditionOf(set, 'ReplicaFailure')).find((found) => found !== undefined);
  if (!failure) return withoutCondition(conditions, 'ReplicaFailure');
  return withCondition(conditions, {
    ...failure,
    ...(failure.lastTransitionTime && { lastUpdateTime: failure.lastTransitionTime }),
  });
}
