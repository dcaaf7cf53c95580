/** ReplicaSets: as many Pods as asked for. https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/ */
import { recorder } from '../../events.ts';
import type { Pod, ReplicaSet } from '../../kinds.ts';
import type { KubeObject, Objects } from '../../objects.ts';
import { claim, controllerOf, queueOwners } from '../owners.ts';
import { compare, createPod, deletePod, isActive, isAvailable, isReady, podFrom, waitUntilAvailable } from '../pods.ts';
import { queueOf } from '../queue.ts';
import { containsAll } from '../selectors.ts';
import { conditionOf, nonZero, observed, withCondition, withoutCondition, writeStatus } from '../status.ts';

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
    const inNamespace = { namespace: set.metadata.namespace as string };
    const top = (each: KubeObject) => controllerOf(each)?.uid ?? each.metadata.uid;
    const family = objects.list('ReplicaSet', inNamespace).filter((each) => top(each) === top(set));
    const uids = new Set(family.map(({ metadata }) => metadata.uid));
    const pods = objects.list<Pod>('Pod', inNamespace);
    return pods.filter((pod) => isActive(pod) && uids.has(controllerOf(pod)?.uid));
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

const phases = ['Pending', 'Unknown', 'Running'];

const deletionCost = ({ metadata }: Pod): number =>
  Number(metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0) || 0;

const restarts = (pod: Pod): number =>
  Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount));

const readySince = (pod: Pod): number => Date.parse(conditionOf(pod, 'Ready')?.lastTransitionTime ?? '') || 0;

/**
 * The Pods in the order in which they are deleted: without a node, pending, not ready, cheap to delete, sharing a node
 * with more Pods of the same kind, ready for a shorter time, restarted more often, younger.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/controller/controller_utils.go (ActivePodsWithRanks)
 *
 * `related`: the Pods that count as of the same kind, those of all versions of a Deployment.
 */
export function inDeletionOrder(pods: Pod[], related: Pod[]): Pod[] {
  const onNode = new Map<string | undefined, number>();
  for (const pod of related) onNode.set(pod.spec.nodeName, (onNode.get(pod.spec.nodeName) ?? 0) + 1);
  const crowd = (pod: Pod) => onNode.get(pod.spec.nodeName) ?? 0;
  const first = (pod: Pod): number[] => [
    pod.spec.nodeName ? 1 : 0,
    phases.indexOf(pod.status?.phase ?? 'Pending'),
    isReady(pod) ? 1 : 0,
    deletionCost(pod),
    -crowd(pod),
    isReady(pod) ? -readySince(pod) : 0,
    -restarts(pod),
    -Date.parse(pod.metadata.creationTimestamp ?? ''),
  ];
  return pods
    .map((pod) => ({ pod, rank: first(pod) }))
    .toSorted((a, b) => compare(a.rank, b.rank) || (String(a.pod.metadata.uid) < String(b.pod.metadata.uid) ? -1 : 1))
    .map(({ pod }) => pod);
}
