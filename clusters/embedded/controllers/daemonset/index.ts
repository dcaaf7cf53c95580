/** DaemonSets: one Pod on every node that fits. https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/ */
import { equal } from '../../api/json.ts';
import { recorder } from '../../events.ts';
import { ApiError, type Change, type Objects } from '../../objects.ts';
import { claim, podChanges } from '../claim.ts';
import { templateHash } from '../hash.ts';
import { keyOf, parts } from '../keys.ts';
import type { DaemonSet, Node, Pod } from '../kinds.ts';
import { availableIn, isReady, isTerminal, podFrom } from '../pods.ts';
import { isNamespaceTerminating, WorkQueue } from '../queue.ts';
import { writeStatus } from '../status.ts';
import { nodeOf, placementOn, templateFor } from './placement.ts';
import { type Placed, replacements } from './rolling.ts';

const hashLabel = 'controller-revision-hash';

export function startDaemonSets(objects: Objects): () => void {
  const record = recorder(objects, 'daemonset-controller');

  function reconcile(key: string): void {
    const [namespace, name] = parts(key);
    const set = objects.get<DaemonSet>('DaemonSet', namespace, name);
    if (!set) return;
    const hash = templateHash(set.spec.template);
    const isNew = (pod: Pod) => pod.metadata.labels?.[hashLabel] === hash;
    if (set.metadata.deletionTimestamp === undefined) {
      fill(set, placedPods(set), hash);
      const desired = objects.list<Node>('Node').filter((node) => placementOn(node, set).run).length;
      if (set.spec.updateStrategy?.type !== 'OnDelete') {
        const { remove: old, surge } = replacements(set, placedPods(set), desired, isNew);
        for (const pod of old) remove(set, pod);
        for (const node of surge) create(set, node, hash);
      }
    }
    const placed = placedPods(set);
    writeStatus(objects, set, statusOf(set, objects.list<Node>('Node'), placed, isNew));
    for (const pod of [...placed.values()].flat()) {
      const wait = availableIn(pod, set.spec.minReadySeconds, Date.now());
      if (wait) queue.addAfter(key, wait);
    }
  }

  function placedPods(set: DaemonSet): Placed {
    const pods = objects.list<Pod>('Pod', { namespace: set.metadata.namespace as string });
    const placed: Placed = new Map();
    for (const pod of claim(objects, set, set.spec.selector, pods)) {
      const node = nodeOf(pod) ?? '';
      placed.set(node, [...(placed.get(node) ?? []), pod]);
    }
    return placed;
  }

  /** One Pod for each node that lacks one; none where none belongs, and no more than one elsewhere (two while it surges). */
  function fill(set: DaemonSet, placed: Placed, hash: string): void {
    const nodes = objects.list<Node>('Node');
    const surges = Boolean(Number.parseInt(String(set.spec.updateStrategy?.rollingUpdate?.maxSurge ?? 0), 10));
    for (const node of nodes) {
      const { run, stay } = placementOn(node, set);
      const pods = placed.get(node.metadata.name) ?? [];
      const alive = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      const [keep, ...rest] = alive.filter((pod) => !isTerminal(pod)).toSorted(byAge);
      if (!stay) for (const pod of alive) remove(set, pod);
      else {
        // a Pod that ended is replaced; the next one comes when it is gone
        for (const pod of alive.filter(isTerminal)) remove(set, pod);
        if (!surges) for (const pod of rest) remove(set, pod);
      }
      // a terminating Pod still has the node's ports: wait for it, unless two at once are wanted
      if (run && !keep && (pods.length === 0 || surges)) create(set, node.metadata.name, hash);
    }
    const known = new Set(nodes.map(({ metadata }) => metadata.name));
    for (const [node, pods] of placed) if (!known.has(node)) for (const pod of pods) remove(set, pod);
  }

  function create(set: DaemonSet, node: string, hash: string): void {
    try {
      const template = templateFor(set.spec.template, node, { [hashLabel]: hash });
      const pod = objects.create<Pod>(podFrom(template, set));
      record(set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    } catch (error) {
      if (error instanceof ApiError && !isNamespaceTerminating(error)) {
        record(set, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
      }
      throw error;
    }
  }

  function remove(set: DaemonSet, { metadata }: Pod): void {
    if (metadata.deletionTimestamp !== undefined) return;
    objects.delete('Pod', metadata.namespace, metadata.name, { uid: metadata.uid as string });
    record(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${metadata.name}`);
  }

  const queue = new WorkQueue(reconcile);

  function nodeChanged({ type, object, old }: Change<Node>): void {
    if (type === 'MODIFIED' && old && equal(relevant(object), relevant(old))) return;
    for (const set of objects.list<DaemonSet>('DaemonSet')) queue.add(keyOf(set));
  }

  const stops = [
    objects.watch<DaemonSet>('DaemonSet', ({ object }) => queue.add(keyOf(object))),
    objects.watch<Pod>('Pod', podChanges(objects, 'DaemonSet', queue)),
    objects.watch<Node>('Node', nodeChanged),
  ];
  return () => {
    for (const stop of stops) stop();
    queue.stop();
  };
}

/** Of a node, what decides whether a DaemonSet runs there. */
const relevant = ({ metadata, spec, status }: Node): unknown => [
  metadata.labels,
  spec?.taints,
  spec?.unschedulable,
  status?.conditions?.find(({ type }) => type === 'Ready')?.status,
];

const byAge = (a: Pod, b: Pod): number =>
  Date.parse(a.metadata.creationTimestamp ?? '') - Date.parse(b.metadata.creationTimestamp ?? '') ||
  (a.metadata.name < b.metadata.name ? -1 : 1);

function statusOf(set: DaemonSet, nodes: Node[], placed: Placed, isNew: (pod: Pod) => boolean): object {
  const counts = { desired: 0, current: 0, misscheduled: 0, ready: 0, updated: 0, available: 0 };
  const now = Date.now();
  for (const node of nodes) {
    const [pod] = (placed.get(node.metadata.name) ?? []).toSorted(byAge);
    if (!placementOn(node, set).run) {
      if (pod) counts.misscheduled += 1;
      continue;
    }
    counts.desired += 1;
    if (!pod) continue;
    counts.current += 1;
    if (isReady(pod)) counts.ready += 1;
    if (availableIn(pod, set.spec.minReadySeconds, now) === 0) counts.available += 1;
    if (isNew(pod)) counts.updated += 1;
  }
  const unavailable = counts.desired - counts.available;
  // the first four are always there, the others only if not zero: as Go writes them
  return {
    currentNumberScheduled: counts.current,
    numberMisscheduled: counts.misscheduled,
    desiredNumberScheduled: counts.desired,
    numberReady: counts.ready,
    ...(set.metadata.generation !== undefined && { observedGeneration: set.metadata.generation }),
    ...(counts.updated > 0 && { updatedNumberScheduled: counts.updated }),
    ...(counts.available > 0 && { numberAvailable: counts.available }),
    ...(unavailable > 0 && { numberUnavailable: unavailable }),
  };
}
