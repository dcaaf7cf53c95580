/** The cluster as one scheduling decision sees it. */
import type { Node, Pod } from '../../kinds.ts';
import type { Objects } from '../../objects.ts';
import { isTerminal } from '../pods.ts';

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
