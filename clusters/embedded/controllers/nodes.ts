/**
 * Nodes: an address range of their own for Pods, the taints that their condition asks for, and what those do to Pods.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
 */
import { equal } from '../api/json.ts';
import type { Node, Pod, Taint, Toleration } from '../kinds.ts';
import type { Objects } from '../objects.ts';
import { keyOf, queueOf, type WorkQueue } from './queue.ts';
import { conditionOf, withCondition } from './status.ts';

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

  const isReady = (node: Node) => readinessOf(node) === 'True';

  const queue = queueOf<Node>(objects, 'Node', (node) => {
    // where no node is ready, it is not they that are at fault: nobody has to leave
    const evicts = objects.list<Node>('Node').some(isReady);
    const taints = taintsOf(node);
    const more = evicts ? taints.filter(isOfCondition).map(({ key }) => ({ key, effect: 'NoExecute' })) : [];
    const wanted = [...taints, ...more];
    const spec = {
      ...(!node.spec?.podCIDR && allocate()),
      ...(!equal(wanted, node.spec?.taints ?? []) && { taints: wanted.length > 0 ? wanted : null }),
    };
    if (Object.keys(spec).length > 0) objects.patch('Node', undefined, node.metadata.name, { spec });
  });
  queue.watch<Node>(objects, 'Node', ({ type, object, old }) => {
    if (type === 'MODIFIED' && old && isReady(old) === isReady(object)) return;
    // its block is free again, and whether nodes evict depends on the others
    for (const { metadata } of objects.list<Node>('Node')) queue.add(metadata.name);
    if (old && isReady(old) && !isReady(object)) unready(object);
  });

  /** Its Pods serve nobody until their kubelet says again that they are ready. */
  function unready({ metadata: { name: node } }: Node): void {
    for (const pod of objects.list<Pod>('Pod')) {
      if (pod.spec.nodeName !== node || conditionOf(pod, 'Ready')?.status !== 'True') continue;
      const { namespace, name } = pod.metadata;
      const conditions = withCondition(pod.status?.conditions, { type: 'Ready', status: 'False' });
      objects.patch('Pod', namespace, name, { status: { conditions } }, 'status');
    }
  }

  const evictions = startEvictions(objects);
  return () => {
    queue.stop();
    evictions.stop();
  };
}

/**
 * Deletes Pods from nodes with taints that forbid to go on there, each after the shortest time that it tolerates them.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions
 */
function startEvictions(objects: Objects): WorkQueue {
  /** By UID of a Pod, since when it has been beside such taints. */
  const since = new Map<string, number>();
  const queue = queueOf<Pod>(objects, 'Pod', ({ metadata, spec: { nodeName = '', tolerations = [] } }, key) => {
    const { namespace, name, uid = '', deletionTimestamp } = metadata;
    const { taints = [] } = objects.get<Node>('Node', undefined, nodeName)?.spec ?? {};
    const evicting = taints.filter(({ effect }) => effect === 'NoExecute');
    if (evicting.length === 0 || deletionTimestamp !== undefined) {
      since.delete(uid);
      return;
    }
    const used = tolerations.filter((each) => evicting.some((taint) => tolerates(each, taint)));
    const seconds = used.map(({ tolerationSeconds }) => tolerationSeconds ?? Number.POSITIVE_INFINITY);
    const began = since.get(uid) ?? Date.now();
    since.set(uid, began);
    const left = untolerated(evicting, tolerations, ['NoExecute'])
      ? 0
      : began + Math.min(...seconds) * 1000 - Date.now();
    if (left <= 0) objects.delete('Pod', namespace, name, { uid });
    else if (Number.isFinite(left)) queue.addAfter(key, left);
  });
  queue.watch<Node>(objects, 'Node', ({ object, old }) => {
    if (old && equal(old.spec?.taints, object.spec?.taints)) return;
    for (const pod of objects.list<Pod>('Pod')) if (pod.spec.nodeName === object.metadata.name) queue.add(keyOf(pod));
  });
  return queue;
}

/** Which taint a node gets while its Ready condition is not True: Unknown, when nothing is heard of it. */
const keyFor = (readiness: string | undefined): string =>
  `node.kubernetes.io/${readiness === 'Unknown' ? 'unreachable' : 'not-ready'}`;

const isOfCondition = ({ key }: Taint): boolean => key === keyFor('False') || key === keyFor('Unknown');

function tolerates({ key, operator = 'Equal', value = '', effect }: Toleration, taint: Taint): boolean {
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
  const others = (node.spec?.taints ?? []).filter((taint) => !isOfCondition(taint));
  const readiness = readinessOf(node);
  return readiness === 'True' ? others : [...others, { key: keyFor(readiness), effect: 'NoSchedule' }];
}
