/** The cluster as one scheduling decision sees it. */
import type { Objects } from '../../objects.ts';
import type { Node, Pod } from '../kinds.ts';
import { isTerminal } from '../pods.ts';

export interface Snapshot {
  nodes: Node[];
  /** Pods that hold their place on the node: all but those that have ended. */
  podsOn(node: Node): Pod[];
  /** All of them. */
  pods: Pod[];
  nodeNamed(name: string | undefined): Node | undefined;
  namespaceLabels(name: string | undefined): Record<string, string> | undefined;
}

export function snapshotOf(objects: Objects): Snapshot {
  const nodes = objects.list<Node>('Node').filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const pods = objects.list<Pod>('Pod').filter((pod) => pod.spec.nodeName && !isTerminal(pod));
  const byNode = Map.groupBy(pods, ({ spec }) => spec.nodeName as string);
  const byName = new Map(nodes.map((node) => [node.metadata.name, node]));
  return {
    nodes,
    pods,
    podsOn: ({ metadata }) => byNode.get(metadata.name) ?? [],
    nodeNamed: (name) => (name === undefined ? undefined : byName.get(name)),
    namespaceLabels: (name) =>
      name === undefined ? undefined : objects.get('Namespace', undefined, name)?.metadata.labels,
  };
}
