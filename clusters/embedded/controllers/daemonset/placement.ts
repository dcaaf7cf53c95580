/** Which nodes a DaemonSet's Pods belong on, how each is told its node, and which a rolling update replaces now. */
import type { DaemonSet, Node, Pod, PodSpec, PodTemplate, Toleration } from '../../kinds.ts';
import { scaled } from '../deployment/util.ts';
import { isAvailable } from '../pods.ts';
import { isAskedFor } from '../selectors.ts';
import { taintsOf, untolerated } from '../taints.ts';

const exists = (name: string, effect: string): Toleration => ({
  key: `node.kubernetes.io/${name}`,
  operator: 'Exists',
  effect,
});

/**
 * What every DaemonSet's Pods tolerate. That a node has no network yet (not-ready, NoSchedule) is not among it: a CNI's
 * DaemonSet has to say so itself.
 * https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations
 */
function tolerations({ tolerations: own = [], hostNetwork }: PodSpec): Toleration[] {
  const added = [
    exists('not-ready', 'NoExecute'),
    exists('unreachable', 'NoExecute'),
    exists('disk-pressure', 'NoSchedule'),
    exists('memory-pressure', 'NoSchedule'),
    exists('pid-pressure', 'NoSchedule'),
    exists('unschedulable', 'NoSchedule'),
    ...(hostNetwork ? [exists('network-unavailable', 'NoSchedule')] : []),
  ];
  const same = (a: Toleration, b: Toleration) => a.key === b.key && a.effect === b.effect && a.operator === b.operator;
  return [...own, ...added.filter((each) => !own.some((other) => same(each, other)))];
}

export interface Placement {
  /** A Pod belongs there. */
  run: boolean;
  /** A Pod that is there may stay. */
  stay: boolean;
}

export function placementOn(node: Node, { spec: { template } }: DaemonSet): Placement {
  const { nodeName = node.metadata.name } = template.spec;
  if (nodeName !== node.metadata.name || !isAskedFor(template.spec, node)) return { run: false, stay: false };
  const tolerated = tolerations(template.spec);
  const taints = taintsOf(node);
  return {
    run: !untolerated(taints, tolerated, ['NoSchedule', 'NoExecute']),
    stay: !untolerated(taints, tolerated, ['NoExecute']),
  };
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

interface Replacement {
  remove: Pod[];
  /** Nodes that get a new Pod beside their old one. */
  surge: string[];
}

/**
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/controller/daemon/update.go (rollingUpdate)
 * `desired`: on how many nodes the DaemonSet should run.
 */
export function replacements(
  set: DaemonSet,
  placed: Placed,
  desired: number,
  isNew: (pod: Pod) => boolean,
): Replacement {
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
  const result: Replacement = { remove: [], surge: [] };
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
