/** Which objects a selector in a spec means: labels of Pods, labels and fields of nodes. */
import { matches, type Operator, type Requirement } from '../api/selectors.ts';
import type { LabelSelector, Node, NodeSelectorTerm, PodSpec } from '../kinds.ts';

type Expression = NonNullable<NodeSelectorTerm['matchExpressions']>[number];

const operators: Record<string, Operator> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
};

/** An operator that does not exist selects nothing: validation keeps it out. */
const requirement = ({ key, operator, values = [] }: Expression): Requirement => ({
  key,
  operator: operators[operator] ?? 'in',
  values: operator in operators ? values : [],
});

/** No selector selects nothing; an empty one selects everything. */
export function selects(selector: LabelSelector | undefined, labels: Record<string, string> | undefined): boolean {
  if (!selector) return false;
  return (
    containsAll(labels, selector.matchLabels) && matches((selector.matchExpressions ?? []).map(requirement), labels)
  );
}

/** Whether `labels` has every entry of `wanted`. */
export function containsAll(
  labels: Record<string, string> | undefined,
  wanted: Record<string, string> | undefined,
): boolean {
  return Object.entries(wanted ?? {}).every(([key, value]) => labels?.[key] === value);
}

/** One term of a node selector: all of its expressions hold. A term without any selects no node. */
function nodeMatches(term: NodeSelectorTerm, node: Node): boolean {
  const labels = (term.matchExpressions ?? []).map(requirement);
  const fields = (term.matchFields ?? []).map(requirement);
  if (labels.length + fields.length === 0) return false;
  return matches(labels, node.metadata.labels) && matches(fields, { 'metadata.name': node.metadata.name });
}

/** Whether the node is one that the Pod's nodeSelector and its required node affinity ask for. */
export function isAskedFor({ nodeSelector, affinity }: PodSpec, node: Node): boolean {
  if (!containsAll(node.metadata.labels, nodeSelector)) return false;
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms === undefined || terms.some((term) => nodeMatches(term, node));
}
