/** Nodes: an address range of their own for Pods, and the taint that their condition asks for. */
import { equal } from '../api/json.ts';
import type { Objects } from '../objects.ts';
import { blocksOf } from './cidr.ts';
import type { Node } from './kinds.ts';
import { WorkQueue } from './queue.ts';
import { conditionTaint, notReady, unreachable } from './taints.ts';

export interface NodeOptions {
  /** All Pods' addresses, e.g. `10.244.0.0/16`. */
  podCidr: string;
  /** Prefix length of one node's part of them. */
  nodeMask: number;
}

export function startNodes(objects: Objects, { podCidr, nodeMask }: NodeOptions): () => void {
  const reconcile = (name: string): void => {
    allocate(name);
    taint(name);
  };

  /** The first free block. Nodes without one when all are taken stay without: they cannot run Pods. */
  function allocate(name: string): void {
    const node = objects.get<Node>('Node', undefined, name);
    if (!node || node.spec?.podCIDR) return;
    const taken = new Set(objects.list<Node>('Node').map(({ spec }) => spec?.podCIDR));
    const block = blocksOf(podCidr, nodeMask).find((each) => !taken.has(each));
    if (block) objects.patch('Node', undefined, name, { spec: { podCIDR: block, podCIDRs: [block] } });
  }

  /** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-nodes-by-condition */
  function taint(name: string): void {
    const node = objects.get<Node>('Node', undefined, name);
    if (!node) return;
    const before = node.spec?.taints ?? [];
    const wanted = conditionTaint(node);
    const conditional = ({ key, effect }: { key: string; effect: string }) =>
      effect === 'NoSchedule' && (key === notReady.key || key === unreachable.key);
    if (before.some((each) => each.key === wanted?.key && each.effect === wanted.effect)) {
      if (before.filter(conditional).length === 1) return;
    }
    const taints = [...before.filter((each) => !conditional(each)), ...(wanted ? [wanted] : [])];
    if (!equal(taints, before)) {
      objects.patch('Node', undefined, name, { spec: { taints: taints.length > 0 ? taints : null } });
    }
  }

  const queue = new WorkQueue(reconcile);
  const stop = objects.watch<Node>('Node', ({ type, object }) => {
    if (type !== 'DELETED') queue.add(object.metadata.name);
    // its block is free again
    else for (const node of objects.list<Node>('Node')) if (!node.spec?.podCIDR) queue.add(node.metadata.name);
  });
  return () => {
    stop();
    queue.stop();
  };
}
