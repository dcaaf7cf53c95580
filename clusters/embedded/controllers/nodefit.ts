import type { Node, PodSpec } from './kinds.ts';
import { containsAll, nodeMatches } from './selectors.ts';

/** Whether the node is one that the Pod's nodeSelector and its required node affinity ask for. */
export function isAskedFor({ nodeSelector, affinity }: PodSpec, node: Node): boolean {
  if (!containsAll(node.metadata.labels, nodeSelector)) return false;
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms === undefined || terms.some((term) => nodeMatches(term, node));
}
