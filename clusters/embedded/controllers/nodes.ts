/**
 * Nodes: an address range of their own for Pods, and their taints, of which their condition asks for one.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
 */
import { equal } from '../api/json.ts';
import type { Node, Taint, Toleration } from '../kinds.ts';
import type { Objects } from '../objects.ts';
import { queueOf } from './queue.ts';
import { conditionOf } from './status.ts';

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

const notReady: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

const isNotReady = ({ key, effect }: Taint): boolean => key === notReady.key && effect === notReady.effect;

export function tolerates({ key, operator = 'Equal', value = '', effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return Boolean(key) && value === (taint.value ?? '');
}

/** The first taint with one of these effects that no toleration matches. */
export const untolerated = (taints: Taint[], tolerations: Toleration[] | undefined, effects: string[]) =>
  taints.find((taint) => effects.includes(taint.effect) && !tolerations?.some((each) => tolerates(each, taint)));

/** The status of a node's Ready condition. */
export const readinessOf = (node: Node): string | undefined => conditionOf(node, 'Ready')?.status;

/**
 * A node's taints, with the one for its condition even before it has been written: a real API server's admission adds
 * it to every new node, so that nothing is placed there too early.
 */
export function taintsOf(node: Node): Taint[] {
  const taints = node.spec?.taints ?? [];
  return readinessOf(node) === 'True' || taints.some(isNotReady) ? taints : [...taints, notReady];
}
