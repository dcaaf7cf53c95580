/** What many columns print the same way. */
import type { LabelSelector } from '../selectors.ts';
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

export const or = (value: string | undefined, none: string): string => value || none;

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
