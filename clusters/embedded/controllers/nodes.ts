/** Nodes: an address range of their own for Pods, and the taint that their condition asks for. */
import { equal } from '../api/json.ts';
import type { Node } from '../kinds.ts';
import type { Objects } from '../objects.ts';
import { queueOf } from './queue.ts';
import { isNotReady, readinessOf, taintsOf } from './taints.ts';

export interface NodeOptions {
  /** All Pods' addresses, e.g. `10.244.0.0/16`. */
  podCidr: string;
  /** Prefix length of one node's part of them. */
  nodeMask: number;
}

/** Cuts an IPv4 range into blocks: `10.244.0.0/16` by 25 gives `10.244.0.0/25`, `10.244.0.128/25` and so on. */
export function blocksOf(cidr: string, prefix: number): string[] {
  const [address = '', length = '32'] = cidr.split('/');
  const base = address.split('.').reduce((number, octet) => number * 256 + Number(octet), 0);
  const size = 2 ** (32 - prefix);
  return Array.from({ length: 2 ** Math.max(0, prefix - Number(length)) }, (_, i) => {
    const start = base + i * size;
    return `${[24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join('.')}/${prefix}`;
  });
}

export function startNodes(objects: Objects, { podCidr, nodeMask }: NodeOptions): () => void {
  /** The first free block. Nodes without one when all are taken stay without: they cannot run Pods. */
  function allocate(): { podCIDR?: string; podCIDRs?: string[] } {
    const taken = new Set(objects.list<Node>('Node').map(({ spec }) => spec?.podCIDR));
    const podCIDR = blocksOf(podCidr, nodeMask).find((each) => !taken.has(each));
    return podCIDR === undefined ? {} : { podCIDR, podCIDRs: [podCIDR] };
  }

  const queue = queueOf<Node>(objects, 'Node', (node) => {
    // https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-nodes-by-condition
    const isReady = readinessOf(node) === 'True';
    const taints = taintsOf(node).filter((taint) => !isReady || !isNotReady(taint));
    const spec = {
      ...(!node.spec?.podCIDR && allocate()),
      ...(!equal(taints, node.spec?.taints ?? []) && { taints: taints.length > 0 ? taints : null }),
    };
    if (Object.keys(spec).length > 0) objects.patch('Node', undefined, node.metadata.name, { spec });
  });
  queue.watch<Node>(objects, 'Node', ({ type }) => {
    if (type !== 'DELETED') return;
    // its block is free again
    for (const node of objects.list<Node>('Node')) if (!node.spec?.podCIDR) queue.add(node.metadata.name);
  });
  return () => queue.stop();
}
