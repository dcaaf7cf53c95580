/**
 * Deployments: rollouts from one ReplicaSet to the next.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
 */
import { recorder } from '../../events.ts';
import type { Deployment, ReplicaSet } from '../../kinds.ts';
import type { Objects } from '../../objects.ts';
import { claim, controllerOf, queueOwners } from '../owners.ts';
import { queueOf } from '../queue.ts';
import { conditionOf, writeStatus } from '../status.ts';
import { clearOld, isScaling, rollingStep, scale } from './rolling.ts';
import { countsOf, isComplete, rolloutStatus, setProgress, untilDeadline } from './status.ts';
import { cleanUp, createCurrent, resize, syncRevision } from './sync.ts';
import { isRollingUpdate, type ReplicaSets, replicasOf, type Sync, sizeOf, splitReplicaSets } from './util.ts';

/** A second more than the deadline: times are stored in whole seconds. */
const roundingMs = 1000;

export function startDeployments(objects: Objects): () => void {
  const record = recorder(objects, 'deployment-controller');

  function sync(deployment: Deployment, key: string): void {
    const rolling = step({ objects, deployment, record });

    // what the step wrote is part of the status
    const now = objects.get<Deployment>('Deployment', deployment.metadata.namespace, deployment.metadata.name);
    if (!now) return;
    const sets = setsOf(now);
    const status = rolling ? rolloutStatus(now, sets) : countsOf(now, sets);
    const written = writeStatus(objects, now, status);
    if (!rolling) return;
    if (isComplete(written, status)) cleanUp({ objects, deployment: written, record }, sets.old);
    else waitForDeadline(key, written);
  }

  /** Does what there is to do. Returns whether the Deployment is rolling out, or done with it. */
  function step(work: Sync): boolean {
    const { deployment } = work;
    const found = setsOf(deployment);
    const sets = syncRevision(work, found);
    if (deployment.metadata.deletionTimestamp !== undefined) return false;
    reportPause(work);
    if (deployment.spec.paused || isScaling(deployment, sets)) {
      scale(work, sets);
      if (deployment.spec.paused) cleanUp(work, sets.old);
      return false;
    }
    const current = () => sets.current ?? createCurrent(work, sets);
    if (isRollingUpdate(deployment)) rollingStep(work, { ...sets, current: current() });
    else if (clearOld(work, sets)) {
      const set = current();
      if (sizeOf(set) !== replicasOf(deployment)) resize(work, set, replicasOf(deployment));
    }
    if (found.current && conditionOf(deployment, 'Progressing') === undefined) {
      const message = `Found new replica set "${found.current.metadata.name}"`;
      setProgress(work, 'True', 'FoundNewReplicaSet', message);
    }
    return true;
  }

  const setsOf = (deployment: Deployment): ReplicaSets =>
    splitReplicaSets(deployment, claim<ReplicaSet>(objects, deployment, 'ReplicaSet'));

  /** So that a Deployment that was paused for long is not said to be stuck when it goes on. */
  function reportPause(work: Sync): void {
    const { paused = false } = work.deployment.spec;
    const reason = conditionOf(work.deployment, 'Progressing')?.reason;
    if (reason === 'ProgressDeadlineExceeded' || paused === (reason === 'DeploymentPaused')) return;
    if (paused) setProgress(work, 'Unknown', 'DeploymentPaused', 'Deployment is paused');
    else setProgress(work, 'Unknown', 'DeploymentResumed', 'Deployment is resumed');
  }

  function waitForDeadline(key: string, deployment: Deployment): void {
    const condition = conditionOf(deployment, 'Progressing');
    if (!condition || condition.reason === 'ProgressDeadlineExceeded') return;
    const wait = untilDeadline(deployment, condition);
    if (Number.isFinite(wait)) queue.addAfter(key, Math.max(0, wait) + roundingMs);
  }

  const queue = queueOf<Deployment>(objects, 'Deployment', sync);
  const queueOwner = queueOwners(objects, 'Deployment', queue);
  queue.watch(objects, 'ReplicaSet', queueOwner);
  // the last Pod of an old version is what a Recreate waits for
  queue.watch(objects, 'Pod', ({ type, object }) => {
    const owner = controllerOf(object);
    if (type !== 'DELETED' || owner?.kind !== 'ReplicaSet') return;
    const set = objects.get('ReplicaSet', object.metadata.namespace, owner.name);
    if (set) queueOwner({ object: set });
  });
  return () => queue.stop();
}
