/** Gives Pods their nodes. https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/ */
import { createHash } from 'node:crypto';
import { equal } from '../../api/json.ts';
import { timestamp } from '../../api/storage/metadata.ts';
import { recorder } from '../../events.ts';
import type { Condition, Node, Pod } from '../../kinds.ts';
import type { Objects } from '../../objects.ts';
import { readinessOf } from '../nodes.ts';
import { keyOf, parts, WorkQueue } from '../queue.ts';
import { conditionOf, withCondition } from '../status.ts';
import { noFit, problemOn } from './filters.ts';
import { scoresOf } from './scores.ts';
import { type Snapshot, snapshotOf } from './topology.ts';

const ownName = 'default-scheduler';

/** `seed`: of the chance that decides between nodes that are equally good. Without one the first of them is taken. */
export function startScheduler(objects: Objects, seed?: number): () => void {
  const record = recorder(objects, ownName);
  /** Keys of Pods that fitted nowhere: looked at again when something changes. */
  const waiting = new Set<string>();

  function schedule(key: string): void {
    waiting.delete(key);
    const [namespace, name] = parts(key);
    const pod = objects.get<Pod>('Pod', namespace, name);
    if (!pod || !isOurs(pod)) return;
    const snapshot = snapshotOf(objects);
    const judged = snapshot.nodes.map((node) => ({ node, problem: problemOn(pod, node, snapshot) }));
    const fitting = judged.filter(({ problem }) => !problem).map((each) => each.node);
    const node = best(pod, fitting, snapshot, seed);
    if (node) bind(pod, node);
    else refuse(pod, noFit(judged.flatMap(({ problem }) => problem ?? [])));
  }

  function bind(pod: Pod, node: Node): void {
    const { namespace, name } = pod.metadata;
    // the condition first: when the node's kubelet hears of the Pod, the status it adds to is complete
    setScheduled(pod, { type: 'PodScheduled', status: 'True' });
    objects.patch('Pod', namespace, name, { spec: { nodeName: node.metadata.name } });
    record(pod, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${node.metadata.name}`);
  }

  function refuse(pod: Pod, message: string): void {
    waiting.add(keyOf(pod));
    if (conditionOf(pod, 'PodScheduled')?.message === message) return;
    setScheduled(pod, { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message });
    record(pod, 'Warning', 'FailedScheduling', message);
  }

  function setScheduled(pod: Pod, condition: Condition): void {
    const { namespace, name } = pod.metadata;
    const before = pod.status?.conditions?.filter(({ type }) => type !== 'PodScheduled' || condition.status === 'True');
    const conditions = withCondition(before, { lastTransitionTime: timestamp(), ...condition });
    objects.patch('Pod', namespace, name, { status: { conditions } }, 'status');
  }

  const queue = new WorkQueue(schedule);
  const retry = (): void => {
    for (const key of waiting) queue.add(key);
  };

  queue.watch<Pod>(objects, 'Pod', ({ type, object, old }) => {
    if (type === 'DELETED') waiting.delete(keyOf(object));
    else if (isOurs(object)) {
      // its own status is no reason to look again
      if (!old || !equal(old.spec, object.spec) || !isOurs(old)) queue.add(keyOf(object));
      return;
    }
    // a place, a port or a neighbour came or went
    if (waiting.size > 0 && (type !== 'MODIFIED' || mattersToOthers(object, old))) retry();
  });
  queue.watch<Node>(objects, 'Node', ({ type, object, old }) => {
    if (type !== 'MODIFIED' || !old || !equal(relevant(object), relevant(old))) retry();
  });
  return () => queue.stop();
}

/** Waits for a node from this scheduler. */
const isOurs = ({ spec, metadata }: Pod): boolean =>
  !spec.nodeName &&
  metadata.deletionTimestamp === undefined &&
  (spec.schedulerName ?? ownName) === ownName &&
  !spec.schedulingGates?.length;

const mattersToOthers = (pod: Pod, old: Pod | undefined): boolean =>
  pod.spec.nodeName !== old?.spec.nodeName ||
  pod.status?.phase !== old?.status?.phase ||
  !equal(pod.metadata.labels, old?.metadata.labels);

const relevant = (node: Node): unknown => [
  node.metadata.labels,
  node.spec?.taints,
  node.spec?.unschedulable,
  node.status?.allocatable,
  readinessOf(node),
];

/** What decides between equals: chance, as in the real scheduler, but the same for the same seed and names. */
function lot(seed: number | undefined, { metadata: { namespace, name } }: Pod, node: Node): number {
  if (seed === undefined) return 0;
  return createHash('sha1').update([seed, namespace, name, node.metadata.name].join('/')).digest().readUInt32BE();
}

/** The best of the nodes; among equals one by the seed's chance, without a seed the first. */
function best(pod: Pod, nodes: Node[], snapshot: Snapshot, seed?: number): Node | undefined {
  const scores = scoresOf(pod, nodes, snapshot);
  const equals = nodes.filter((_, i) => scores[i] === Math.max(...scores));
  return equals.toSorted((a, b) => lot(seed, pod, a) - lot(seed, pod, b))[0];
}
