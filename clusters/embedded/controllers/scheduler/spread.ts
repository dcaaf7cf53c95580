/** https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/ */
import type { LabelSelector, Node, Pod, SpreadConstraint } from '../kinds.ts';
import { isAskedFor } from '../nodefit.ts';
import { selects } from '../selectors.ts';
import type { Snapshot } from './snapshot.ts';

const noMatch = "node(s) didn't match pod topology spread constraints";

export function spreadProblem(pod: Pod, node: Node, snapshot: Snapshot): string | undefined {
  for (const constraint of pod.spec.topologySpreadConstraints ?? []) {
    if (constraint.whenUnsatisfiable !== 'DoNotSchedule') continue;
    const here = node.metadata.labels?.[constraint.topologyKey];
    if (here === undefined) return `${noMatch} (missing required label)`;
    const counts = countByDomain(constraint, pod, snapshot);
    const enough = counts.size >= (constraint.minDomains ?? 1);
    const lowest = enough ? Math.min(...counts.values()) : 0;
    const self = selects(selectorOf(constraint, pod), pod.metadata.labels) ? 1 : 0;
    if ((counts.get(here) ?? 0) + self - lowest > constraint.maxSkew) return noMatch;
  }
  return undefined;
}

/** How many Pods too many the node's domains would have, over all constraints that are only wishes. */
export function spreadPenalty(pod: Pod, node: Node, snapshot: Snapshot): number {
  let penalty = 0;
  for (const constraint of pod.spec.topologySpreadConstraints ?? []) {
    if (constraint.whenUnsatisfiable !== 'ScheduleAnyway') continue;
    const here = node.metadata.labels?.[constraint.topologyKey];
    if (here !== undefined) penalty += countByDomain(constraint, pod, snapshot).get(here) ?? 0;
  }
  return penalty;
}

function selectorOf({ labelSelector, matchLabelKeys = [] }: SpreadConstraint, pod: Pod): LabelSelector {
  const labels = pod.metadata.labels ?? {};
  const same = Object.fromEntries(
    matchLabelKeys.filter((key) => key in labels).map((key) => [key, labels[key] as string]),
  );
  return { ...labelSelector, matchLabels: { ...labelSelector?.matchLabels, ...same } };
}

/** Pods that the constraint is about, in each domain of the nodes that the Pod asks for. */
function countByDomain(constraint: SpreadConstraint, pod: Pod, snapshot: Snapshot): Map<string, number> {
  const counts = new Map<string, number>();
  const selector = selectorOf(constraint, pod);
  for (const node of snapshot.nodes) {
    const domain = node.metadata.labels?.[constraint.topologyKey];
    if (domain === undefined || !isAskedFor(pod.spec, node)) continue;
    const matching = snapshot
      .podsOn(node)
      .filter(
        ({ metadata }) =>
          metadata.namespace === pod.metadata.namespace &&
          metadata.deletionTimestamp === undefined &&
          selects(selector, metadata.labels),
      );
    counts.set(domain, (counts.get(domain) ?? 0) + matching.length);
  }
  return counts;
}
