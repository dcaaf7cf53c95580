/** ReplicaSets: as many Pods as asked for. https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/ */
import { recorder } from '../../events.ts';
import type { Pod, ReplicaSet } from '../../kinds.ts';
import type { Objects } from '../../objects.ts';
import { claim, controllerOf, queueOwners } from '../owners.ts';
import { createPod, deletePod, isActive, isAvailable, isReady, podFrom, waitUntilAvailable } from '../pods.ts';
import { queueOf } from '../queue.ts';
import { containsAll } from '../selectors.ts';
import { nonZero, observed, withCondition, withoutCondition, writeStatus } from '../status.ts';
import { inDeletionOrder } from './victims.ts';

export function startReplicaSets(objects: Objects): () => void {
  const record = recorder(objects, 'replicaset-controller');

  function sync(set: ReplicaSet, key: string): void {
    let pods = claim<Pod>(objects, set, 'Pod', isActive);
    let refusal: unknown;
    if (set.metadata.deletionTimestamp === undefined) {
      try {
        pods = scale(set, pods);
      } catch (error) {
        refusal = error;
        pods = pods.filter(
          ({ metadata }) => objects.get('Pod', metadata.namespace, metadata.name)?.metadata.uid === metadata.uid,
        );
      }
    }
    writeStatus(objects, set, statusOf(set, pods, refusal));
    waitUntilAvailable(queue, key, pods, set.spec.minReadySeconds);
    if (refusal) throw refusal;
  }

  /** Creates or deletes Pods. Returns those that are left. */
  function scale(set: ReplicaSet, pods: Pod[]): Pod[] {
    const missing = (set.spec.replicas ?? 1) - pods.length;
    const create = () => createPod(objects, record, set, podFrom(set.spec.template, set));
    if (missing >= 0) return [...pods, ...Array.from({ length: missing }, create)];
    const victims = inDeletionOrder(pods, relatedPods(set)).slice(0, -missing);
    for (const pod of victims) deletePod(objects, record, set, pod);
    return pods.filter((pod) => !victims.includes(pod));
  }

  /** Active Pods of every ReplicaSet that has the same controller. */
  function relatedPods(set: ReplicaSet): Pod[] {
    const { uid, namespace } = set.metadata;
    const inNamespace = { namespace: namespace as string };
    const owner = controllerOf(set)?.uid;
    const family = objects
      .list('ReplicaSet', inNamespace)
      .filter((each) => each.metadata.uid === uid || (owner !== undefined && controllerOf(each)?.uid === owner))
      .map(({ metadata }) => metadata.uid);
    return objects
      .list<Pod>('Pod', inNamespace)
      .filter((pod) => isActive(pod) && family.includes(controllerOf(pod)?.uid));
  }

  const queue = queueOf<ReplicaSet>(objects, 'ReplicaSet', sync);
  queue.watch(objects, 'Pod', queueOwners(objects, 'ReplicaSet', queue));
  return () => queue.stop();
}

function statusOf(set: ReplicaSet, pods: Pod[], refusal: unknown): object {
  const { replicas = 1, minReadySeconds, template } = set.spec;
  const conditions = refusal
    ? withCondition(set.status?.conditions, {
        type: 'ReplicaFailure',
        status: 'True',
        reason: pods.length < replicas ? 'FailedCreate' : 'FailedDelete',
        message: (refusal as Error).message,
      })
    : withoutCondition(set.status?.conditions, 'ReplicaFailure');
  const count = (counts: (pod: Pod) => boolean) => pods.filter(counts).length;
  return {
    replicas: pods.length,
    ...nonZero({
      fullyLabeledReplicas: count((pod) => containsAll(pod.metadata.labels, template.metadata?.labels)),
      readyReplicas: count(isReady),
      availableReplicas: count((pod) => isAvailable(pod, minReadySeconds)),
    }),
    ...observed(set),
    ...(conditions.length > 0 && { conditions }),
  };
}
