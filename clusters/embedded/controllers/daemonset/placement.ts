/** Which nodes a DaemonSet's Pods belong on, and how each Pod is told its node. */
import type { DaemonSet, Node, Pod, PodSpec, PodTemplate, Toleration } from '../kinds.ts';
import { isAskedFor } from '../nodefit.ts';
import { taintsOf, untolerated } from '../taints.ts';

const exists = (name: string, effect: string): Toleration => ({
  key: `node.kubernetes.io/${name}`,
  operator: 'Exists',
  effect,
});

/**
 * What every DaemonSet's Pods tolerate. That a node has no network yet (not-ready, NoSchedule) is not among it: a CNI's DaemonSet
 * has to say so itself. https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations
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
  if (template.spec.nodeName && template.spec.nodeName !== node.metadata.name) return { run: false, stay: false };
  if (!isAskedFor(template.spec, node)) return { run: false, stay: false };
  const tolerated = tolerations(template.spec);
  const taints = taintsOf(node);
  return {
    run: !untolerated(taints, tolerated, ['NoSchedule', 'NoExecute']),
    stay: !untolerated(taints, tolerated, ['NoExecute']),
  };
}

/** The template for a Pod on one node: the scheduler is told which by node affinity, as the real controller tells it. */
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
