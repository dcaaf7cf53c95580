/** Deployments: rollouts from one ReplicaSet to the next. https://kubernetes.io/docs/concepts/workloads/controllers/deployment/ */

import { recorder } from '../../events.ts';
import type { Objects } from '../../objects.ts';
import { claim } from '../claim.ts';
import { keyOf, parts } from '../keys.ts';
import type { Deployment, Pod, ReplicaSet } from '../kinds.ts';
import { conditionOf, controllerOf } from '../pods.ts';
import { WorkQueue } from '../queue.ts';
import { selects } from '../selectors.ts';
import { writeStatus } from '../status.ts';
import { cleanUp } from './history.ts';
import { isRollingUpdate } from './limits.ts';
import { clearOld, growCurrent } from './recreate.ts';
import { createCurrent, type Family, familyOf, setProgress, syncRevision } from './replicasets.ts';
import type { Sync } from './resize.ts';
import { rollingStep } from './rolling.ts';
import { isScaling, scale } from './scale.ts';
import { countsOf, isComplete, rolloutStatus, untilDeadline } from './status.ts';

/** A second more than the deadline: times are stored in whole seconds. */
const roundingMs = 1000;

export function startDeployments(objects: Objects): () => void {
  const record = recorder(objects, 'deployment-controller');

  function reconcile(key: string): void {
    const [namespace, name] = parts(key);
    const read = () => objects.get<Deployment>('Deployment', namespace, name);
    const deployment = read();
    if (!deployment) return;
    const sync: Sync = { objects, deployment, record };
    const rolling = step(sync);

    // what the step wrote is part of the status
    const now = read();
    if (!now) return;
    const family = currentFamily(now);
    const status = rolling ? rolloutStatus(now, family) : countsOf(now, family);
    const written = writeStatus(objects, now, status);
    if (!rolling) return;
    if (isComplete(written, status)) cleanUp(objects, written, family.old);
    else waitForDeadline(key, written);
  }

  /** Does what there is to do. Returns whether the Deployment is rolling out, or done with it. */
  function step(sync: Sync): boolean {
    const { deployment } = sync;
    const found = currentFamily(deployment);
    const family = syncRevision(objects, deployment, found);
    if (deployment.metadata.deletionTimestamp !== undefined) return false;
    reportPause(deployment);
    if (deployment.spec.paused || isScaling(deployment, family)) {
      scale(sync, family);
      if (deployment.spec.paused) cleanUp(objects, deployment, family.old);
      return false;
    }
    if (isRollingUpdate(deployment)) {
      rollingStep(sync, { ...family, current: family.current ?? createCurrent(objects, deployment, family, record) });
    } else if (clearOld(sync, family)) {
      growCurrent(sync, family.current ?? createCurrent(objects, deployment, family, record));
    }
    if (found.current && conditionOf(deployment, 'Progressing') === undefined) {
      setProgress(
        objects,
        deployment,
        'True',
        'FoundNewReplicaSet',
        `Found new replica set "${found.current.metadata.name}"`,
      );
    }
    return true;
  }

  function currentFamily(deployment: Deployment): Family {
    const sets = objects.list<ReplicaSet>('ReplicaSet', { namespace: deployment.metadata.namespace as string });
    return familyOf(deployment, claim(objects, deployment, deployment.spec.selector, sets));
  }

  /** So that a Deployment that was paused for long is not said to be stuck when it goes on. */
  function reportPause(deployment: Deployment): void {
    const reason = conditionOf(deployment, 'Progressing')?.reason;
    if (reason === 'ProgressDeadlineExceeded') return;
    const reported = reason === 'DeploymentPaused';
    if (deployment.spec.paused && !reported) {
      setProgress(objects, deployment, 'Unknown', 'DeploymentPaused', 'Deployment is paused');
    } else if (!deployment.spec.paused && reported) {
      setProgress(objects, deployment, 'Unknown', 'DeploymentResumed', 'Deployment is resumed');
    }
  }

  function waitForDeadline(key: string, deployment: Deployment): void {
    const condition = conditionOf(deployment, 'Progressing');
    if (!condition || condition.reason === 'ProgressDeadlineExceeded') return;
    const wait = untilDeadline(deployment, condition);
    if (Number.isFinite(wait)) queue.addAfter(key, Math.max(0, wait) + roundingMs);
  }

  const queue = new WorkQueue(reconcile);

  function setChanged(set: ReplicaSet): void {
    const { namespace, labels } = set.metadata;
    const owner = controllerOf(set);
    if (owner?.kind === 'Deployment') queue.add(`${namespace}/${owner.name}`);
    if (owner) return;
    for (const deployment of objects.list<Deployment>('Deployment', { namespace: namespace as string })) {
      if (selects(deployment.spec.selector, labels)) queue.add(keyOf(deployment));
    }
  }

  /** The last Pod of an old version is what a Recreate waits for. */
  function podGone(pod: Pod): void {
    const { namespace } = pod.metadata;
    const owner = controllerOf(pod);
    if (owner?.kind !== 'ReplicaSet') return;
    const set = objects.get<ReplicaSet>('ReplicaSet', namespace, owner.name);
    if (set) setChanged(set);
  }

  const stops = [
    objects.watch<Deployment>('Deployment', ({ object }) => queue.add(keyOf(object))),
    objects.watch<ReplicaSet>('ReplicaSet', ({ object, old }) => {
      setChanged(object);
      if (old) setChanged(old);
    }),
    objects.watch<Pod>('Pod', ({ type, object }) => {
      if (type === 'DELETED') podGone(object);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    queue.stop();
  };
}
