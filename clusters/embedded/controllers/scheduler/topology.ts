/**
 * The cluster as one decision sees it, and Pods that want to be near other Pods, far from them, or spread over domains.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
 */
import type { LabelSelector, Node, Pod, PodAffinityTerm, ReplicaSet, Service, SpreadConstraint } from '../../kinds.ts';
import type { Objects } from '../../objects.ts';
import { controllerOf } from '../owners.ts';
import { isTerminal } from '../pods.ts';
import { containsAll, isAskedFor, selects } from '../selectors.ts';

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
    /** What selects the Pods of the same Services and ReplicaSet; undefined for a Pod without any. */
    groupOf(pod: Pod): LabelSelector | undefined {
      const { namespace, labels } = pod.metadata;
      const services = objects.list<Service>('Service', { namespace: namespace as string });
      const selectors = services.map(({ spec: { selector } }) => selector ?? {});
      const own = selectors.filter((each) => Object.keys(each).length > 0 && containsAll(labels, each));
      const owner = controllerOf(pod);
      const set = owner?.kind === 'ReplicaSet' && objects.get<ReplicaSet>(owner.kind, namespace, owner.name);
      if (!set) return own.length > 0 ? { matchLabels: Object.assign({}, ...own) } : undefined;
      return { ...set.spec.selector, matchLabels: Object.assign({}, ...own, set.spec.selector.matchLabels) };
    },
    namespaceLabels: (name = '') => objects.get('Namespace', undefined, name)?.metadata.labels,
  };
}

const noMatch = "node(s) didn't match pod topology spread constraints";

/** The Pod's constraints that must hold (DoNotSchedule), or are only wishes (ScheduleAnyway). */
const constraintsOf = ({ spec }: Pod, action: string): SpreadConstraint[] =>
  (spec.topologySpreadConstraints ?? []).filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action);

/** The selector of a constraint or term with what the Pod's own labels add to it. */
function selectorOf(
  { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] }: Omit<PodAffinityTerm, 'topologyKey'>,
  { metadata: { labels = {} } }: Pod,
): LabelSelector | undefined {
  const by = (operator: string) => (key: string) =>
    labels[key] === undefined ? [] : [{ key, operator, values: [labels[key]] }];
  const more = [...matchLabelKeys.flatMap(by('In')), ...mismatchLabelKeys.flatMap(by('NotIn'))];
  return labelSelector && { ...labelSelector, matchExpressions: [...(labelSelector.matchExpressions ?? []), ...more] };
}

export function spreadProblem(pod: Pod, node: Node, snapshot: Snapshot): string | undefined {
  for (const constraint of constraintsOf(pod, 'DoNotSchedule')) {
    const here = node.metadata.labels?.[constraint.topologyKey];
    if (here === undefined) return `${noMatch} (missing required label)`;
    const counts = countByDomain(constraint, pod, snapshot);
    const self = selects(selectorOf(constraint, pod), pod.metadata.labels) ? 1 : 0;
    const least = counts.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...counts.values());
    if ((counts.get(here) ?? 0) + self - least > constraint.maxSkew) return noMatch;
  }
  return undefined;
}

/** The wishes of a Pod that has none of its own: Pods of one Service or ReplicaSet on many nodes and in many zones. */
function defaultConstraints(pod: Pod, snapshot: Snapshot): SpreadConstraint[] {
  const labelSelector = snapshot.groupOf(pod);
  const whenUnsatisfiable = 'ScheduleAnyway';
  const wish = (topologyKey: string, maxSkew: number) => ({ topologyKey, maxSkew, labelSelector, whenUnsatisfiable });
  return labelSelector ? [wish('kubernetes.io/hostname', 3), wish('topology.kubernetes.io/zone', 5)] : [];
}

/** From 0 to 100, by the constraints that are only wishes. Source: plugins/podtopologyspread/scoring.go */
export function spreadScores(pod: Pod, nodes: Node[], snapshot: Snapshot): number[] {
  const hasOwn = (pod.spec.topologySpreadConstraints ?? []).length > 0;
  const constraints = hasOwn ? constraintsOf(pod, 'ScheduleAnyway') : defaultConstraints(pod, snapshot);
  const counted = constraints.map((each) => ({ ...each, counts: countByDomain(each, pod, snapshot) }));
  const crowds = nodes.map((node) => {
    let crowd = 0;
    for (const { topologyKey, maxSkew, counts } of counted) {
      const here = domain(node, topologyKey);
      if (here !== undefined) crowd += (counts.get(here) ?? 0) * Math.log(counts.size + 2) + maxSkew - 1;
      // outside all domains is worst, but for the defaults
      else if (hasOwn) return Number.POSITIVE_INFINITY;
    }
    return Math.round(crowd);
  });
  const inside = crowds.filter(Number.isFinite);
  const [least, most] = [Math.min(...inside), Math.max(...inside)];
  return crowds.map((crowd) => (crowd > most ? 0 : most === 0 ? 100 : (100 * (most + least - crowd)) / most));
}

/** Pods that the constraint is about, in each domain of the nodes that the Pod asks for. */
function countByDomain(constraint: SpreadConstraint, pod: Pod, snapshot: Snapshot): Map<string, number> {
  const counts = new Map<string, number>();
  const selector = selectorOf(constraint, pod);
  for (const node of snapshot.nodes) {
    const here = domain(node, constraint.topologyKey);
    if (here === undefined || !isAskedFor(pod.spec, node)) continue;
    const matching = snapshot
      .podsOn(node)
      .filter(
        ({ metadata: { namespace, deletionTimestamp, labels } }) =>
          namespace === pod.metadata.namespace && deletionTimestamp === undefined && selects(selector, labels),
      );
    counts.set(here, (counts.get(here) ?? 0) + matching.length);
  }
  return counts;
}

/** Whether `other` is one of the Pods that a term of `pod` is about. */
function concerns(term: PodAffinityTerm, pod: Pod, other: Pod, snapshot: Snapshot): boolean {
  const { namespace } = other.metadata;
  const named = term.namespaces?.includes(namespace as string) ?? false;
  const selected = term.namespaceSelector && selects(term.namespaceSelector, snapshot.namespaceLabels(namespace));
  const own = !term.namespaces?.length && !term.namespaceSelector && namespace === pod.metadata.namespace;
  return (named || selected || own) && selects(selectorOf(term, pod), other.metadata.labels);
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

/** Weighted wishes to be near other Pods, or with a weight below 0 far from them. */
const wishesOf = ({ spec: { affinity } }: Pod) =>
  ([affinity?.podAffinity, affinity?.podAntiAffinity] as const).flatMap((side, isAnti) =>
    (side?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ weight, podAffinityTerm: term }) => {
      return { ...term, weight: isAnti ? -weight : weight };
    }),
  );

/** From 0 to 100, by the wishes of this Pod and of those that are there. Source: plugins/interpodaffinity/scoring.go */
export function affinityScores(pod: Pod, nodes: Node[], snapshot: Snapshot): number[] {
  const felt = nodes.map(() => 0);
  for (const other of snapshot.pods) {
    const required = other.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    // what it must have near it, it also wishes to have
    const its = [...wishesOf(other), ...required.map((term) => ({ ...term, weight: 1 }))];
    const own = wishesOf(pod).filter((wish) => concerns(wish, pod, other, snapshot));
    for (const wish of [...own, ...its.filter((each) => concerns(each, other, pod, snapshot))]) {
      const there = domain(snapshot.nodeOf(other), wish.topologyKey);
      for (const [i, node] of nodes.entries())
        if (there !== undefined && domain(node, wish.topologyKey) === there) felt[i] = (felt[i] ?? 0) + wish.weight;
    }
  }
  const [least, most] = [Math.min(...felt), Math.max(...felt)];
  return felt.map((each) => (most === least ? 0 : (100 * (each - least)) / (most - least)));
}
