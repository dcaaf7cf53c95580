/** What single columns show of Services, Nodes, Events and Jobs. */
import type { Value } from '../validation/problem.ts';
import { duration, or, since } from './cells.ts';

export function externalAddress({ spec, status }: Value): string {
  const { type, externalIPs = [], externalName } = spec;
  if (type === 'ExternalName') return externalName;
  if (type !== 'LoadBalancer') return externalIPs.join(',') || '<none>';
  const ingress = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }: Value) => ip || hostname);
  return [...ingress.toSorted(), ...externalIPs].join(',') || '<pending>';
}

export const servicePorts = ({ spec }: Value): string =>
  (spec.ports ?? [])
    .map(({ port, nodePort, protocol }: Value) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`)
    .join(',') || '<none>';

export function nodeStatus({ spec, status }: Value): string {
  const ready = status?.conditions?.find(({ type }: Value) => type === 'Ready');
  const state = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
  return spec?.unschedulable ? `${state},SchedulingDisabled` : state;
}

const rolePrefix = 'node-role.kubernetes.io/';

export function nodeRoles({ metadata }: Value): string {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix)) return key.slice(rolePrefix.length);
    return key === 'kubernetes.io/role' ? (value as string) : '';
  });
  return [...new Set(roles)].filter(Boolean).toSorted().join(',') || '<none>';
}

export const nodeAddress = (wanted: string) => (object: Value) =>
  or(object.status?.addresses?.find(({ type }: Value) => type === wanted)?.address, '<none>');
export const nodeInfo = (field: string) => (object: Value) => or(object.status?.nodeInfo?.[field], '<unknown>');

export const firstSeen = ({ firstTimestamp, eventTime }: Value): string =>
  since(firstTimestamp ?? eventTime ?? undefined);
export const lastSeen = (event: Value): string => {
  const time = event.series?.lastObservedTime ?? event.lastTimestamp;
  return time ? since(time) : firstSeen(event);
};
export const involved = ({ involvedObject: { kind = '', name: of } }: Value): string =>
  of ? `${kind.toLowerCase()}/${of}` : kind.toLowerCase();
export const source = (event: Value): string =>
  [event.source?.component || event.reportingComponent, event.source?.host || event.reportingInstance]
    .filter(Boolean)
    .join(', ');

export function completions({ spec, status }: Value): string {
  const done = status?.succeeded ?? 0;
  if (spec.completions !== undefined) return `${done}/${spec.completions}`;
  return spec.parallelism > 1 ? `${done}/1 of ${spec.parallelism}` : `${done}/1`;
}

export function jobStatus({ metadata, status }: Value): string {
  const is = (wanted: string) =>
    (status?.conditions ?? []).some((each: Value) => each.type === wanted && each.status === 'True');
  if (is('Complete') || is('Failed')) return is('Complete') ? 'Complete' : 'Failed';
  if (metadata.deletionTimestamp) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(is) ?? 'Running';
}

export function jobDuration({ status }: Value): string {
  if (!status?.startTime) return '';
  const end = status.completionTime ? Date.parse(status.completionTime) : Date.now();
  return duration(end - Date.parse(status.startTime));
}
