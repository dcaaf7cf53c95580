/** A Deployment's status, which `kubectl rollout status` reads. */
import { timestamp } from '../../api/storage/metadata.ts';
import type { Condition, Deployment, DeploymentStatus, ReplicaSet } from '../../kinds.ts';
import { conditionOf, nonZero, observed, withCondition, withoutCondition, writeStatus } from '../status.ts';
import { all, deadlineOf, maxUnavailable, type ReplicaSets, replicasOf, type Sync, sizeOf, sum } from './util.ts';

/** Counts and the Available condition. */
export function countsOf(deployment: Deployment, sets: ReplicaSets): DeploymentStatus {
  const every = all(sets);
  const availableReplicas = sum(every, ({ status }) => status?.availableReplicas);
  const enough = availableReplicas >= replicasOf(deployment) - maxUnavailable(deployment);
  const { collisionCount, conditions } = deployment.status ?? {};
  return {
    ...observed(deployment),
    ...nonZero({
      replicas: sum(every, ({ status }) => status?.replicas),
      updatedReplicas: sets.current?.status?.replicas ?? 0,
      readyReplicas: sum(every, ({ status }) => status?.readyReplicas),
      availableReplicas,
      unavailableReplicas: sum(every, sizeOf) - availableReplicas,
    }),
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

/** Every replica is updated and available, and no other is left. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, observedGeneration = 0 } = status;
  return (
    [updatedReplicas, replicas, availableReplicas].every((count) => count === replicasOf(deployment)) &&
    observedGeneration >= (deployment.metadata.generation ?? 0)
  );
}

function hasProgressed(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const old = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus) => replicas - updatedReplicas;
  const grown = (['updatedReplicas', 'readyReplicas', 'availableReplicas'] as const).some(
    (count) => (after[count] ?? 0) > (before[count] ?? 0),
  );
  return grown || old(after) < old(before);
}

/** Milliseconds until a rollout without progress counts as stuck. */
export function untilDeadline(deployment: Deployment, condition: Condition): number {
  return Date.parse(condition.lastUpdateTime ?? '') + (deadlineOf(deployment) ?? Infinity) * 1000 - Date.now();
}

/** The status during and after a rollout: counts, Available, Progressing, ReplicaFailure. */
export function rolloutStatus(deployment: Deployment, sets: ReplicaSets): DeploymentStatus {
  const status = countsOf(deployment, sets);
  return { ...status, conditions: withFailure(progress(deployment, sets, status), sets) };
}

const progressing = (status: 'True' | 'False' | 'Unknown', reason: string, message: string): Condition => ({
  type: 'Progressing',
  status,
  reason,
  message,
  lastUpdateTime: timestamp(),
});

/** Sets the Progressing condition at once, ahead of the rest of the status. Without a deadline there is none. */
export function setProgress({ objects, deployment }: Sync, ...said: Parameters<typeof progressing>): void {
  const { metadata } = deployment;
  const now = objects.get<Deployment>('Deployment', metadata.namespace, metadata.name);
  if (!now || deadlineOf(now) === undefined) return;
  const conditions = withCondition(now.status?.conditions, progressing(...said));
  writeStatus(objects, now, { ...now.status, conditions });
}

function progress(deployment: Deployment, { current }: ReplicaSets, status: DeploymentStatus): Condition[] {
  const conditions = status.conditions ?? [];
  if (deadlineOf(deployment) === undefined) return withoutCondition(conditions, 'Progressing');
  const before = conditionOf(deployment, 'Progressing');
  const finished = before?.reason === 'NewReplicaSetAvailable';
  if (finished && (status.replicas ?? 0) === (status.updatedReplicas ?? 0)) return conditions;

  const subject = current ? `ReplicaSet "${current.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(deployment, status)) {
    const complete = progressing('True', 'NewReplicaSetAvailable', `${subject} has successfully progressed.`);
    return withCondition(conditions, complete);
  }
  if (hasProgressed(deployment.status ?? {}, status)) {
    const since = before?.status === 'True' ? before.lastTransitionTime : timestamp();
    // set anew even if it says the same: its lastUpdateTime is the time of the last progress
    return [
      ...withoutCondition(conditions, 'Progressing'),
      {
        ...progressing('True', 'ReplicaSetUpdated', `${subject} is progressing.`),
        ...(since && { lastTransitionTime: since }),
      },
    ];
  }
  const stuck =
    before && !finished && (before.reason === 'ProgressDeadlineExceeded' || untilDeadline(deployment, before) < 0);
  if (!stuck) return conditions;
  const timedOut = progressing('False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`);
  return withCondition(conditions, timedOut);
}

/** A ReplicaSet that cannot create Pods says so on the Deployment; the current one is heard first. */
function withFailure(conditions: Condition[], { current, old }: ReplicaSets): Condition[] {
  const sets = [current, ...old].filter((set): set is ReplicaSet => set !== undefined);
  const failure = sets.map((set) => conditionOf(set, 'ReplicaFailure')).find((found) => found !== undefined);
  if (!failure) return withoutCondition(conditions, 'ReplicaFailure');
  const { lastTransitionTime: since } = failure;
  return withCondition(conditions, { ...failure, ...(since && { lastUpdateTime: since }) });
}
