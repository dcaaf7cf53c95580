/** Taints and tolerations. https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
import type { Node, Taint, Toleration } from './kinds.ts';

export const notReady: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
export const unreachable: Taint = { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' };

export function tolerates({ key, operator = 'Equal', value = '', effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return Boolean(key) && value === (taint.value ?? '');
}

/** The first taint with one of these effects that no toleration matches. */
export function untolerated(
  taints: Taint[],
  tolerations: Toleration[] | undefined,
  effects: string[],
): Taint | undefined {
  return taints.find((taint) => effects.includes(taint.effect) && !tolerations?.some((each) => tolerates(each, taint)));
}

/** The taint that a node's Ready condition stands for, if any. */
export function conditionTaint(node: Node): Taint | undefined {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  if (ready === 'True') return undefined;
  return ready === 'Unknown' ? unreachable : notReady;
}

/**
 * A node's taints, with the one for its condition even before it has been written: a real API server's admission adds it to
 * every new node, so that nothing is placed there too early.
 */
export function taintsOf(node: Node): Taint[] {
  const taints = node.spec?.taints ?? [];
  const implied = conditionTaint(node);
  if (!implied || taints.some(({ key, effect }) => key === implied.key && effect === implied.effect)) return taints;
  return [...taints, implied];
}
