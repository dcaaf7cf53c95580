import type { LabelSelector, Labels } from './objects.ts';

/**
 * Whether labels fulfil all requirements of a selector; an empty selector selects everything. NotIn and DoesNotExist
 * hold for a missing key. A requirement that the API server would refuse selects nothing.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  for (const key in selector.matchLabels) {
    if (!Object.hasOwn(labels, key) || labels[key] !== selector.matchLabels[key]) return false;
  }
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    const listed = value !== undefined && (values ?? []).includes(value);
    switch (operator) {
      case 'In':
        if (!listed) return false;
        break;
      case 'NotIn':
        if (listed || (values ?? []).length === 0) return false;
        break;
      case 'Exists':
        if (value === undefined) return false;
        break;
      case 'DoesNotExist':
        if (value !== undefined) return false;
        break;
      default:
        return false;
    }
  }
  return true;
}

/** One text for all spellings of a selector. */
export function canonicalSelector(selector: LabelSelector): string {
  const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => JSON.stringify([key, 'In', value]));
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values }) =>
    JSON.stringify([key, operator, ...new Set((values ?? []).toSorted())]),
  );
  return `{${[...new Set([...labels, ...expressions])].toSorted().join()}}`;
}

/** One text for all spellings of labels: Pods with equal labels are matched once. */
export function canonicalLabels(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
