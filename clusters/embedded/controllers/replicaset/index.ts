/** ReplicaSets: as many Pods as asked for. https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/ */

import { recorder } from '../../events.ts';
import { ApiError, type Objects } from '../../objects.ts';
import { claim, podChanges } from '../claim.ts';
import { withCondition, withoutCondition } from '../conditions.ts';
import { keyOf, parts } from '../keys.ts';
import type { Pod, ReplicaSet } from '../kinds.ts';
import { availableIn, controllerOf, isActive, isReady, podFrom } from '../pods.ts';
import { isNamespaceTerminating, WorkQueue } from '../queue.ts';
import { containsAll } from '../selectors.ts';
import { writeStatus } from '../status.ts';
import { inDeletionOrder } from './victims.ts';

export function startReplicaSets(objects: Objects): () => void {
  const record = recorder(objects, 'replicaset-controller');

  function reconcile(key: string): void {
    const [namespace, name] = parts(key);
    const set = objects.get<ReplicaSet>('ReplicaSet', namespace, name);
    if (!set) return;
    const active = objects.list<Pod>('Pod', { namespace }).filter(isActive);
    let pods = claim(objects, set, set.spec.selector, active);
    let refusal: unknown;
    if (set.metadata.deletionTimestamp === undefined) {
      try {
        pods = scale(set, pods);
      } catch (error) {
        refusal = error;
        pods = pods.filter(
          (pod) => objects.get<Pod>('Pod', namespace, pod.metadata.name)?.metadata.uid === pod.metadata.uid,
        );
      }
    }
    writeStatus(objects, set, statusOf(set, pods, refusal));
    for (const pod of pods) {
      const wait = availableIn(pod, set.spec.minReadySeconds, Date.now());
      if (wait) queue.addAfter(key, wait);
    }
    if (refusal) throw refusal;
  }

  /** Creates or deletes Pods. Returns those that are left. */
  function scale(set: ReplicaSet, pods: Pod[]): Pod[] {
    const missing = (set.spec.replicas ?? 1) - pods.length;
    if (missing >= 0) return [...pods, ...Array.from({ length: missing }, () => create(set))];
    const namespace = set.metadata.namespace;
    const victims = inDeletionOrder(pods, relatedPods(set)).slice(0, -missing);
    for (const { metadata } of victims) {
      objects.delete('Pod', namespace, metadata.name, { uid: metadata.uid as string });
      record(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${metadata.name}`);
    }
    return pods.filter((pod) => !victims.includes(pod));
  }

  function create(set: ReplicaSet): Pod {
    try {
      const pod = objects.create<Pod>(podFrom(set.spec.template, set));
      record(set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
      return pod;
    } catch (error) {
      if (error instanceof ApiError && !isNamespaceTerminating(error)) {
        record(set, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
      }
      throw error;
    }
  }

  /** Active Pods of every ReplicaSet that has the same controller. */
  function relatedPods(set: ReplicaSet): Pod[] {
    const { namespace } = set.metadata;
    const owner = controllerOf(set)?.uid;
    const family = objects
      .list<ReplicaSet>('ReplicaSet', { namespace: namespace as string })
      .filter(
        (each) => each.metadata.uid === set.metadata.uid || (owner !== undefined && controllerOf(each)?.uid === owner),
      )
      .map(({ metadata }) => metadata.uid);
    return objects
      .list<Pod>('Pod', { namespace: namespace as string })
      .filter((pod) => isActive(pod) && family.includes(controllerOf(pod)?.uid));
  }

  const queue = new WorkQueue(reconcile);

  const stops = [
    objects.watch<ReplicaSet>('ReplicaSet', ({ object }) => queue.add(keyOf(object))),
    objects.watch<Pod>('Pod', podChanges(objects, 'ReplicaSet', queue)),
  ];
  return () => {
    for (const stop of stops) stop();
    queue.stop();
  };
}

function statusOf(set: ReplicaSet, pods: Pod[], refusal: unknown): object {
  const now = Date.now();
  const { minReadySeconds, template } = set.spec;
  const conditions = refusal
    ? withCondition(set.status?.conditions, {
        type: 'ReplicaFailure',
        status: 'True',
        reason: pods.length < (set.spec.replicas ?? 1) ? 'FailedCreate' : 'FailedDelete',
        message: (refusal as Error).message,
      })
    : withoutCondition(set.status?.conditions, 'ReplicaFailure');
  // counts of zero are left out, as Go leaves them out; only replicas is always there
  return {
    replicas: pods.length,
    ...count('fullyLabeledReplicas', pods, (pod) => containsAll(pod.metadata.labels, template.metadata?.labels)),
    ...count('readyReplicas', pods, isReady),
    ...count('availableReplicas', pods, (pod) => availableIn(pod, minReadySeconds, now) === 0),
    ...(set.metadata.generation !== undefined && { observedGeneration: set.metadata.generation }),
    ...(conditions.length > 0 && { conditions }),
  };
}

function count(field: string, pods: Pod[], counts: (pod: Pod) => boolean): object {
  const number = pods.filter(counts).length;
  return number > 0 ? { [field]: number } : {};
}
