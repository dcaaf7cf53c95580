/** Taints and tolerations. https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
import type { Node, Taint, Toleration } from '../kinds.ts';
import { conditionOf } from './status.ts';

const notReady: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

export const isNotReady = ({ key, effect }: Taint): boolean => key === notReady.key && effect === notReady.effect;

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

/** The status of a node's Ready condition. */
export const readinessOf = (node: Node): string | undefined => conditionOf(node, 'Ready')?.status;

/**
 * A node's taints, with the one for its condition even before it has been written: a real API server's admission adds
 * it to every new node, so that nothing is placed there too early.
 */
export function taintsOf(node: Node): Taint[] {
  const taints = node.spec?.taints ?? [];
  return readinessOf(node) === 'True' || taints.some(isNotReady) ? taints : [...taints, notReady];
}
