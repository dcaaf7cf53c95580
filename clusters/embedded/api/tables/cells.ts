/** What columns show. */
import type { LabelSelector } from '../../kinds.ts';
import type { Value } from '../validation/problem.ts';

/**
 * A span of time as people read it: two units at most.
 * https://github.com/kubernetes/apimachinery/blob/v0.34.3/pkg/util/duration
 */
export function duration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 120) return `${Math.max(seconds, 0)}s`;
  const two = (large: number, unit: string, small: number, rest: string) =>
    small === 0 ? `${large}${unit}` : `${large}${unit}${small}${rest}`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 24 * 8) return two(days, 'd', hours % 24, 'h');
  if (days < 365 * 2) return `${days}d`;
  const years = Math.floor(days / 365);
  return days < 365 * 8 ? two(years, 'y', days % 365, 'd') : `${years}y`;
}

export const since = (time: string | undefined): string =>
  time === undefined ? '<unknown>' : duration(Date.now() - Date.parse(time));

/** `a=b,c=d`, in order. */
export const labelsText = (labels: Record<string, string> = {}): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .toSorted()
    .join(',') || '<none>';

/** A selector as text; the empty one selects everything, which is shown as nothing asked for. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector = {}): string {
  const labels = Object.entries(matchLabels).map(([key, value]): [string, string] => [key, `${key}=${value}`]);
  const expressions = matchExpressions.map(({ key, operator, values = [] }): [string, string] => {
    if (operator === 'Exists') return [key, key];
    if (operator === 'DoesNotExist') return [key, `!${key}`];
    return [key, `${key} ${operator.toLowerCase()} (${values.toSorted().join(',')})`];
  });
  return [...labels, ...expressions]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, text]) => text)
    .join(',');
}

export const isTrue = (conditions: Value[] | undefined, type: string): boolean =>
  (conditions ?? []).some((each) => each.type === type && each.status === 'True');

/** A field of each container of a workload's template. */
export const ofContainers =
  (field: 'name' | 'image') =>
  (object: Value): string =>
    (object.spec.template?.spec?.containers ?? []).map((each: Value) => each[field]).join(',');

/** At most three of them. */
export function some(items: string[], none: string): string {
  const shown = items.slice(0, 3).join(',');
  if (items.length > 3) return `${shown} + ${items.length - 3} more...`;
  return shown === '' ? none : shown;
}

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
  const isKnown = status?.conditions?.some(({ type }: Value) => type === 'Ready');
  const state = isKnown ? (isTrue(status.conditions, 'Ready') ? 'Ready' : 'NotReady') : 'Unknown';
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
  object.status?.addresses?.find(({ type }: Value) => type === wanted)?.address || '<none>';
export const nodeInfo = (field: string) => (object: Value) => object.status?.nodeInfo?.[field] || '<unknown>';

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
  const is = (wanted: string) => isTrue(status?.conditions, wanted);
  const leaving = metadata.deletionTimestamp && 'Terminating';
  const others = ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'];
  return ['Complete', 'Failed'].find(is) ?? leaving ?? others.find(is) ?? 'Running';
}

export function jobDuration({ status }: Value): string {
  if (!status?.startTime) return '';
  const end = status.completionTime ? Date.parse(status.completionTime) : Date.now();
  return duration(end - Date.parse(status.startTime));
}
