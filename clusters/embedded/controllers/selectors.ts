/** Which objects a selector in a spec means: labels of Pods, labels and fields of nodes. */
import { matches, requirementOf } from '../api/selectors.ts';
import type { LabelSelector, Node, NodeSelectorTerm, PodSpec } from '../kinds.ts';

type Labels = Record<string, string> | undefined;

/** No selector selects nothing; an empty one selects everything. */
export function selects(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (!selector || !containsAll(labels, selector.matchLabels)) return false;
  return matches((selector.matchExpressions ?? []).map(requirementOf), labels);
}

/** Whether `labels` has every entry of `wanted`. */
export const containsAll = (labels: Labels, wanted: Labels): boolean =>
  Object.entries(wanted ?? {}).every(([key, value]) => labels?.[key] === value);

/** One term of a node selector: all of its expressions hold. A term without any selects no node. */
export function nodeMatches(term: NodeSelectorTerm, node: Node): boolean {
  const labels = (term.matchExpressions ?? []).map(requirementOf);
  const fields = (term.matchFields ?? []).map(requirementOf);
  if (labels.length + fields.length === 0) return false;
  return matches(labels, node.metadata.labels) && matches(fields, { 'metadata.name': node.metadata.name });
}

/** Whether the node is one that the Pod's nodeSelector and its required node affinity ask for. */
export function isAskedFor({ nodeSelector, affinity }: PodSpec, node: Node): boolean {
  if (!containsAll(node.metadata.labels, nodeSelector)) return false;
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms === undefined || terms.some((term) => nodeMatches(term, node));
}
