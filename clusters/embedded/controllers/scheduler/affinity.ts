/** Pods that want to be near or far from other Pods. */
import type { Node, Pod, PodAffinityTerm } from '../kinds.ts';
import { selects } from '../selectors.ts';
import type { Snapshot } from './snapshot.ts';

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
export function neighbours(term: PodAffinityTerm, pod: Pod, node: Node, snapshot: Snapshot): number {
  const here = domain(node, term.topologyKey);
  if (here === undefined) return 0;
  return snapshot.pods.filter(
    (other) =>
      domain(snapshot.nodeNamed(other.spec.nodeName), term.topologyKey) === here &&
      concerns(term, pod, other, snapshot),
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
      const there = domain(snapshot.nodeNamed(other.spec.nodeName), term.topologyKey);
      return here !== undefined && here === there && concerns(term, other, pod, snapshot);
    }),
  );
  return kept ? "node(s) didn't satisfy existing pods anti-affinity rules" : undefined;
}
