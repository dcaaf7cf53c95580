import type { LabelSelector, Labels, Requirement } from './objects.ts';

/**
 * Whether labels fulfil a selector: "The result of matchLabels and matchExpressions are ANDed. An empty label selector
 * matches all objects" (LabelSelector); a NotIn is also fulfilled by what lacks the key ("Labels and Selectors",
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors).
 */
export function fulfils(labels: Labels, { matchLabels, matchExpressions }: LabelSelector): boolean {
  const equal = Object.entries(matchLabels ?? {}).every(([key, value]) => valueOf(labels, key) === value);
  return equal && (matchExpressions ?? []).every((requirement) => meets(labels, requirement));
}

function meets(labels: Labels, { key, operator, values }: Requirement): boolean {
  const value = valueOf(labels, key);
  const listed = value !== undefined && (values ?? []).includes(value);
  switch (operator) {
    case 'In':
      return listed;
    case 'NotIn':
      return !listed;
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}

// a label may be called "constructor"
const valueOf = (labels: Labels, key: string): string | undefined =>
  Object.hasOwn(labels, key) ? labels[key] : undefined;
