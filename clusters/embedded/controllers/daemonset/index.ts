/** DaemonSets: one Pod on every node that fits. https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/ */
import { equal } from '../../api/json.ts';
import { recorder } from '../../events.ts';
import type { DaemonSet, Node, Pod } from '../../kinds.ts';
import type { Objects } from '../../objects.ts';
import { readinessOf } from '../nodes.ts';
import { claim, queueOwners } from '../owners.ts';
import * as pods from '../pods.ts';
import { keyOf, queueOf } from '../queue.ts';
import { nonZero, observed, writeStatus } from '../status.ts';
import { nodeOf, type Placed, type Placement, placementOn, replacements, templateFor } from './placement.ts';

const hashLabel = 'controller-revision-hash';

export function startDaemonSets(objects: Objects): () => void {
  const record = recorder(objects, 'daemonset-controller');

  function sync(set: DaemonSet, key: string): void {
    const hash = pods.templateHash(set.spec.template);
    const isNew = (pod: Pod) => pod.metadata.labels?.[hashLabel] === hash;
    const nodes = objects.list<Node>('Node').map((node) => placementOn(node, set));
    if (set.metadata.deletionTimestamp === undefined) {
      fill(set, nodes, placedPods(set), hash);
      const desired = nodes.filter(({ run }) => run).length;
      if (set.spec.updateStrategy?.type !== 'OnDelete') {
        const { remove: old, surge } = replacements(set, placedPods(set), desired, isNew);
        for (const pod of old) remove(set, pod);
        for (const node of surge) create(set, node, hash);
      }
    }
    const placed = placedPods(set);
    writeStatus(objects, set, statusOf(set, nodes, placed, isNew));
    pods.waitUntilAvailable(queue, key, [...placed.values()].flat(), set.spec.minReadySeconds);
  }

  const placedPods = (set: DaemonSet): Placed =>
    Map.groupBy(claim<Pod>(objects, set, 'Pod'), (pod) => nodeOf(pod) ?? '');

  /** A Pod for each node that lacks one; none where none belongs, no more than one elsewhere (two while it surges). */
  function fill(set: DaemonSet, nodes: Placement[], placed: Placed, hash: string): void {
    const surges = Boolean(Number.parseInt(String(set.spec.updateStrategy?.rollingUpdate?.maxSurge ?? 0), 10));
    for (const { name, run, stay } of nodes) {
      const here = placed.get(name) ?? [];
      const alive = here.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      const [keep, ...rest] = alive.filter((pod) => !pods.isTerminal(pod)).toSorted(byAge);
      // a Pod that ended is replaced; the next one comes when it is gone
      const surplus = stay ? [...alive.filter(pods.isTerminal), ...(surges ? [] : rest)] : alive;
      for (const pod of surplus) remove(set, pod);
      // a terminating Pod still has the node's ports: wait for it, unless two at once are wanted
      if (run && !keep && (here.length === 0 || surges)) create(set, name, hash);
    }
    const known = new Set(nodes.map(({ name }) => name));
    for (const [node, all] of placed) if (!known.has(node)) for (const pod of all) remove(set, pod);
  }

  function create(set: DaemonSet, node: string, hash: string): void {
    const template = templateFor(set.spec.template, node, { [hashLabel]: hash });
    pods.createPod(objects, record, set, pods.podFrom(template, set));
  }

  function remove(set: DaemonSet, pod: Pod): void {
    if (pod.metadata.deletionTimestamp === undefined) pods.deletePod(objects, record, set, pod);
  }

  const queue = queueOf<DaemonSet>(objects, 'DaemonSet', sync);
  queue.watch(objects, 'Pod', queueOwners(objects, 'DaemonSet', queue));
  queue.watch<Node>(objects, 'Node', ({ type, object, old }) => {
    if (type === 'MODIFIED' && old && equal(relevant(object), relevant(old))) return;
    for (const set of objects.list('DaemonSet')) queue.add(keyOf(set));
  });
  return () => queue.stop();
}

/** Of a node, what decides whether a DaemonSet runs there. */
const relevant = (node: Node): unknown => [
  node.metadata.labels,
  node.spec?.taints,
  node.spec?.unschedulable,
  readinessOf(node),
];

const byAge = (a: Pod, b: Pod): number => pods.byAge(a, b) || (a.metadata.name < b.metadata.name ? -1 : 1);

function statusOf(set: DaemonSet, nodes: Placement[], placed: Placed, isNew: (pod: Pod) => boolean): object {
  const first = ({ name }: Placement) => placed.get(name)?.toSorted(byAge)[0];
  const wanted = nodes.filter(({ run }) => run);
  const current = wanted.flatMap((node) => first(node) ?? []);
  const available = current.filter((pod) => pods.isAvailable(pod, set.spec.minReadySeconds)).length;
  return {
    // these are always there
    currentNumberScheduled: current.length,
    numberMisscheduled: nodes.filter((node) => !wanted.includes(node) && first(node)).length,
    desiredNumberScheduled: wanted.length,
    numberReady: current.filter(pods.isReady).length,
    ...observed(set),
    ...nonZero({
      updatedNumberScheduled: current.filter(isNew).length,
      numberAvailable: available,
      numberUnavailable: wanted.length - available,
    }),
  };
}
