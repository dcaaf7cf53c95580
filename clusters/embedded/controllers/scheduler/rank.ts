/** Of the nodes that fit, the one to take. */
import { equal } from '../../api/json.ts';
import type { Node, Pod } from '../kinds.ts';
import { controllerOf } from '../pods.ts';
import { nodeMatches } from '../selectors.ts';
import { taintsOf, tolerates } from '../taints.ts';
import { neighbours } from './affinity.ts';
import type { Snapshot } from './snapshot.ts';
import { spreadPenalty } from './spread.ts';

/**
 * Compared one after the other, smaller is better: taints it would rather avoid, wishes of its own that are not met, Pods of
 * the same owner, all Pods. The real scheduler adds weighted scores; for networks under test an even spread is what counts.
 */
function rank(pod: Pod, node: Node, snapshot: Snapshot): number[] {
  const { affinity, tolerations = [] } = pod.spec;
  const avoided = taintsOf(node).filter(
    (taint) => taint.effect === 'PreferNoSchedule' && !tolerations.some((each) => tolerates(each, taint)),
  );
  let wishes = 0;
  for (const { weight, preference } of affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
    if (nodeMatches(preference, node)) wishes += weight;
  }
  for (const { weight, podAffinityTerm } of affinity?.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ??
    []) {
    wishes += weight * neighbours(podAffinityTerm, pod, node, snapshot);
  }
  for (const { weight, podAffinityTerm } of affinity?.podAntiAffinity
    ?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
    wishes -= weight * neighbours(podAffinityTerm, pod, node, snapshot);
  }
  const others = snapshot.podsOn(node);
  const siblings = others.filter((other) => areSiblings(pod, other)).length;
  return [avoided.length, -wishes, spreadPenalty(pod, node, snapshot), siblings, others.length];
}

/** Pods of one owner; of Pods without an owner, those in one namespace with the same labels. */
function areSiblings(pod: Pod, other: Pod): boolean {
  if (pod.metadata.namespace !== other.metadata.namespace) return false;
  const owner = controllerOf(pod)?.uid;
  if (owner !== undefined) return controllerOf(other)?.uid === owner;
  return controllerOf(other) === undefined && equal(pod.metadata.labels ?? {}, other.metadata.labels ?? {});
}

/** The best of the nodes; among equals the first, so that placement can be foretold. */
export function best(pod: Pod, nodes: Node[], snapshot: Snapshot): Node | undefined {
  let chosen: { node: Node; rank: number[] } | undefined;
  for (const node of nodes) {
    const candidate = rank(pod, node, snapshot);
    if (!chosen || isLess(candidate, chosen.rank)) chosen = { node, rank: candidate };
  }
  return chosen?.node;
}

function isLess(a: number[], b: number[]): boolean {
  const i = a.findIndex((value, index) => value !== b[index]);
  return i >= 0 && (a[i] as number) < (b[i] as number);
}
