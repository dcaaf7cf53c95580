/** Which Pods a ReplicaSet gives up first. */
import type { Pod } from '../../kinds.ts';
import { compare, isActive, isReady } from '../pods.ts';
import { conditionOf } from '../status.ts';

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
  for (const pod of related.filter(isActive)) onNode.set(pod.spec.nodeName, (onNode.get(pod.spec.nodeName) ?? 0) + 1);
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
