/** Why a Pod cannot run on a node, in the real scheduler's words. */
import type { Node, Pod } from '../../kinds.ts';
import { taintsOf, untolerated } from '../nodes.ts';
import { isAskedFor } from '../selectors.ts';
import { affinityProblem, type Snapshot, spreadProblem } from './topology.ts';

export interface Problem {
  reason: string;
  /** Other Pods are in the way; if false, no eviction would help. */
  resolvable: boolean;
}

const unresolvable = (reason: string): Problem => ({ reason, resolvable: false });
const resolvable = (reason: string): Problem => ({ reason, resolvable: true });

/** The first problem in the order of the real scheduler's plugins; undefined: the Pod fits. */
export function problemOn(pod: Pod, node: Node, snapshot: Snapshot): Problem | undefined {
  const { spec } = pod;
  if (node.spec?.unschedulable && !toleratesCordon(pod)) return unresolvable('node(s) were unschedulable');
  const taint = untolerated(taintsOf(node), spec.tolerations, ['NoSchedule', 'NoExecute']);
  if (taint) return unresolvable(`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`);
  if (!isAskedFor(spec, node)) return unresolvable("node(s) didn't match Pod's node affinity/selector");
  const others = snapshot.podsOn(node);
  if (portsTaken(pod, others)) return resolvable("node(s) didn't have free ports for the requested pod ports");
  const room = Number(node.status?.allocatable?.['pods'] ?? Number.POSITIVE_INFINITY);
  if (others.length >= room) return resolvable('Too many pods');
  const spread = spreadProblem(pod, node, snapshot);
  if (spread) return { reason: spread, resolvable: !spread.includes('missing') };
  const affinity = affinityProblem(pod, node, snapshot);
  return affinity ? resolvable(affinity) : undefined;
}

const toleratesCordon = ({ spec }: Pod): boolean =>
  !untolerated([{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }], spec.tolerations, ['NoSchedule']);

const hostPorts = ({ spec }: Pod): { ip: string; protocol: string; port: number }[] =>
  spec.containers
    .flatMap(({ ports = [] }) => ports)
    .map(({ hostPort, containerPort, hostIP, protocol }) => ({
      ip: hostIP || '0.0.0.0',
      protocol: protocol ?? 'TCP',
      port: hostPort ?? (spec.hostNetwork ? containerPort : 0),
    }))
    .filter(({ port }) => port > 0);

function portsTaken(pod: Pod, others: Pod[]): boolean {
  const wanted = hostPorts(pod);
  if (wanted.length === 0) return false;
  const taken = others.flatMap(hostPorts);
  const anywhere = (ip: string) => ip === '0.0.0.0' || ip === '::';
  return wanted.some((a) =>
    taken.some(
      (b) => a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || anywhere(a.ip) || anywhere(b.ip)),
    ),
  );
}

/** Why a Pod fits nowhere, as the real scheduler says it. */
export function noFit(problems: Problem[]): string {
  const total = problems.length;
  if (total === 0) return 'no nodes available to schedule pods';
  const preemption = problems.map(({ resolvable }) =>
    resolvable ? 'No preemption victims found for incoming pod' : 'Preemption is not helpful for scheduling',
  );
  const none = `0/${total} nodes are available`;
  const reasons = histogram(problems.map(({ reason }) => reason));
  return `${none}: ${reasons}. no new claims to deallocate, preemption: ${none}: ${histogram(preemption)}.`;
}

/** `2 this, 1 that`, sorted as text. */
function histogram(reasons: string[]): string {
  return [...Map.groupBy(reasons, (reason) => reason)]
    .map(([reason, { length }]) => `${length} ${reason}`)
    .toSorted()
    .join(', ');
}
