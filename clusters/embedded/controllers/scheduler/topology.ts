/**
 * The cluster as one decision sees it, and Pods that want to be near other Pods, far from them, or spread over domains.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
 */
import type { Node, Pod, PodAffinityTerm, SpreadConstraint } from '../../kinds.ts';
import type { Objects } from '../../objects.ts';
import { isTerminal } from '../pods.ts';
import { isAskedFor, selects } from '../selectors.ts';

export type Snapshot = ReturnType<typeof snapshotOf>;

export function snapshotOf(objects: Objects) {
  const nodes = objects.list<Node>('Node').filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  // those that hold their place on a node: all but those that have ended
  const pods = objects.list<Pod>('Pod').filter((pod) => pod.spec.nodeName && !isTerminal(pod));
  const byNode = Map.groupBy(pods, ({ spec }) => spec.nodeName);
  const byName = new Map(nodes.map((node) => [node.metadata.name, node]));
  return {
    nodes,
    pods,
    podsOn: ({ metadata }: Node): Pod[] => byNode.get(metadata.name) ?? [],
    nodeOf: ({ spec }: Pod): Node | undefined => byName.get(spec.nodeName ?? ''),
    namespaceLabels: (name = '') => objects.get('Namespace', undefined, name)?.metadata.labels,
  };
}

const noMatch = "node(s) didn't match pod topology spread constraints";

/** The Pod's constraints that must hold (DoNotSchedule), or are only wishes (ScheduleAnyway). */
const constraintsOf = ({ spec }: Pod, action: string): SpreadConstraint[] =>
  (spec.topologySpreadConstraints ?? []).filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action);

export function spreadProblem(pod: Pod, node: Node, snapshot: Snapshot): string | undefined {
  for (const constraint of constraintsOf(pod, 'DoNotSchedule')) {
    const here = node.metadata.labels?.[constraint.topologyKey];
    if (here === undefined) return `${noMatch} (missing required label)`;
    const counts = countByDomain(constraint, pod, snapshot);
    const self = selects(constraint.labelSelector, pod.metadata.labels) ? 1 : 0;
    if ((counts.get(here) ?? 0) + self - Math.min(...counts.values()) > constraint.maxSkew) return noMatch;
  }
  return undefined;
}

/** How many Pods too many the node's domains would have, over all constraints that are only wishes. */
export function spreadPenalty(pod: Pod, node: Node, snapshot: Snapshot): number {
  let penalty = 0;
  for (const constraint of constraintsOf(pod, 'ScheduleAnyway')) {
    const here = node.metadata.labels?.[constraint.topologyKey];
    if (here !== undefined) penalty += countByDomain(constraint, pod, snapshot).get(here) ?? 0;
  }
  return penalty;
}

/** Pods that the constraint is about, in each domain of the nodes that the Pod asks for. */
function countByDomain(constraint: SpreadConstraint, pod: Pod, snapshot: Snapshot): Map<string, number> {
  const counts = new Map<string, number>();
  for (const node of snapshot.nodes) {
    const domain = node.metadata.labels?.[constraint.topologyKey];
    if (domain === undefined || !isAskedFor(pod.spec, node)) continue;
    const matching = snapshot
      .podsOn(node)
      .filter(
        ({ metadata: { namespace, deletionTimestamp, labels } }) =>
          namespace === pod.metadata.namespace &&
          deletionTimestamp === undefined &&
          selects(constraint.labelSelector, labels),
      );
    counts.set(domain, (counts.get(domain) ?? 0) + matching.length);
  }
  return counts;
}

/** Whether `other` is one of the Pods that a term of `pod` is about. */
function concerns(term: PodAffinityTerm, pod: Pod, other: Pod, snapshot: Snapshot): boolean {
  const { namespace } = other.metadata;
  const named = term.namespaces?.includes(namespace as string) ?? false;
  const selected = term.namespaceSelector && selects(term.namespaceSelector, snapshot.namespaceLabels(namespace));
  const own = !term.namespaces?.length && !term.namespaceSelector && namespace === pod.metadata.namespace;
  return (named || selected || own) && selects(term.labelSelector, other.metadata.labels);
}

const domain = (node: Node | undefined, key: string): string | undefined => node?.metadata.labels?.[key];

/** How many Pods that the term is about are in the node's domain. */
function neighbours(term: PodAffinityTerm, pod: Pod, node: Node, snapshot: Snapshot): number {
  const here = domain(node, term.topologyKey);
  if (here === undefined) return 0;
  return snapshot.pods.filter(
    (other) => domain(snapshot.nodeOf(other), term.topologyKey) === here && concerns(term, pod, other, snapshot),
  ).length;
}

export function affinityProblem(pod: Pod, node: Node, snapshot: Snapshot): string | undefined {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  for (const term of podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
    const first =
      concerns(term, pod, pod, snapshot) && !snapshot.pods.some((other) => concerns(term, pod, other, snapshot));
    // the first of a group that wants to be together may be anywhere in a domain
    if (first && domain(node, term.topologyKey) !== undefined) continue;
    if (neighbours(term, pod, node, snapshot) === 0) return "node(s) didn't match pod affinity rules";
  }
  for (const term of podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
    if (neighbours(term, pod, node, snapshot) > 0) return "node(s) didn't match pod anti-affinity rules";
  }
  const kept = snapshot.pods.some((other) =>
    (other.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some((term) => {
      const here = domain(node, term.topologyKey);
      const there = domain(snapshot.nodeOf(other), term.topologyKey);
      return here !== undefined && here === there && concerns(term, other, pod, snapshot);
    }),
  );
  return kept ? "node(s) didn't satisfy existing pods anti-affinity rules" : undefined;
}
