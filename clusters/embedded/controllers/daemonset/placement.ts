/** Which nodes a DaemonSet's Pods belong on, how each is told its node, and which a rolling update replaces now. */
import type { DaemonSet, Node, Pod, PodSpec, PodTemplate, Toleration } from '../../kinds.ts';
import { scaled } from '../deployment/util.ts';
import { taintsOf, untolerated } from '../nodes.ts';
import { isAvailable } from '../pods.ts';
import { isAskedFor } from '../selectors.ts';

/**
 * What every DaemonSet's Pods tolerate. That a node has no network yet (not-ready, NoSchedule) is not among it: a CNI's
 * DaemonSet has to say so itself.
 * https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations
 */
function tolerations({ tolerations: own = [], hostNetwork }: PodSpec): Toleration[] {
  const kept = ['not-ready', 'unreachable'];
  const placed = ['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'];
  const all = [...kept, ...placed, ...(hostNetwork ? ['network-unavailable'] : [])];
  const added = all.map((name): Toleration => {
    const effect = kept.includes(name) ? 'NoExecute' : 'NoSchedule';
    return { key: `node.kubernetes.io/${name}`, operator: 'Exists', effect };
  });
  const same = (a: Toleration, b: Toleration) => a.key === b.key && a.effect === b.effect && a.operator === b.operator;
  return [...own, ...added.filter((each) => !own.some((other) => same(each, other)))];
}

export type Placement = ReturnType<typeof placementOn>;

/** Whether a Pod belongs on the node (`run`), and whether one that is there may stay. */
export function placementOn(node: Node, { spec: { template } }: DaemonSet) {
  const { name } = node.metadata;
  const { nodeName = name } = template.spec;
  const isMeant = nodeName === name && isAskedFor(template.spec, node);
  const tolerated = tolerations(template.spec);
  const fits = (...effects: string[]) => isMeant && !untolerated(taintsOf(node), tolerated, effects);
  return { name, run: fits('NoSchedule', 'NoExecute'), stay: fits('NoExecute') };
}

/** The template for a Pod on one node: node affinity tells the scheduler which, as the real controller does it. */
export function templateFor(template: PodTemplate, node: string, labels: Record<string, string>): PodTemplate {
  const byName = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] };
  const { affinity } = template.spec;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const nodeAffinity = {
    ...affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: required?.nodeSelectorTerms.map((term) => ({ ...term, ...byName })) ?? [byName],
    },
  };
  return {
    metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...labels } },
    spec: { ...template.spec, tolerations: tolerations(template.spec), affinity: { ...affinity, nodeAffinity } },
  };
}

/** The node a Pod is on or meant for. */
export function nodeOf({ spec }: Pod): string | undefined {
  if (spec.nodeName) return spec.nodeName;
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const field = terms.flatMap(({ matchFields = [] }) => matchFields).find(({ key }) => key === 'metadata.name');
  return field?.values?.[0];
}

/** The Pods of one DaemonSet by node, terminating ones included. */
export type Placed = Map<string, Pod[]>;

/**
 * The Pods to remove now, and the nodes that get a new Pod beside their old one (`surge`).
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/controller/daemon/update.go (rollingUpdate)
 * `desired`: on how many nodes the DaemonSet should run.
 */
export function replacements(set: DaemonSet, placed: Placed, desired: number, isNew: (pod: Pod) => boolean) {
  const { maxSurge, maxUnavailable = 1 } = set.spec.updateStrategy?.rollingUpdate ?? {};
  const surge = scaled(maxSurge, desired, Math.ceil);
  // both zero would never move; percentages of unavailable are rounded up here, unlike a Deployment's
  const unavailable = surge > 0 ? 0 : Math.max(1, scaled(maxUnavailable, desired, Math.ceil));
  const available = (pod: Pod) => isAvailable(pod, set.spec.minReadySeconds);
  const nodes = [...placed].map(([node, pods]) => {
    const alive = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    return { node, fresh: alive.find(isNew), old: alive.find((pod) => !isNew(pod)) };
  });

  const isUnsettled = ({ fresh, old }: { fresh: Pod | undefined; old: Pod | undefined }) =>
    fresh ? !available(fresh) : surge === 0 && !(old && available(old));
  let budget = (surge || unavailable) - nodes.filter(isUnsettled).length;
  const result: { remove: Pod[]; surge: string[] } = { remove: [], surge: [] };
  for (const { node, fresh, old } of nodes) {
    if (!old) continue;
    if (fresh) {
      if (surge > 0 && available(fresh)) result.remove.push(old);
      continue;
    }
    // one that serves nobody costs nothing
    if (available(old) && budget <= 0) continue;
    if (available(old)) budget -= 1;
    if (surge > 0) result.surge.push(node);
    else result.remove.push(old);
  }
  return result;
}
