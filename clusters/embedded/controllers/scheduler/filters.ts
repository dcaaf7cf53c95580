/** Why a Pod cannot run on a node, in the real scheduler's words. */
import type { Node, Pod } from '../kinds.ts';
import { isAskedFor } from '../nodefit.ts';
import { taintsOf, untolerated } from '../taints.ts';
import { affinityProblem } from './affinity.ts';
import type { Snapshot } from './snapshot.ts';
import { spreadProblem } from './spread.ts';

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

interface HostPort {
  ip: string;
  protocol: string;
  port: number;
}

function hostPorts({ spec }: Pod): HostPort[] {
  const declared = spec.containers.flatMap(({ ports = [] }) => ports);
  return declared
    .map(({ hostPort, containerPort, hostIP, protocol }) => ({
      ip: hostIP || '0.0.0.0',
      protocol: protocol ?? 'TCP',
      port: hostPort ?? (spec.hostNetwork ? containerPort : 0),
    }))
    .filter(({ port }) => port > 0);
}

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
