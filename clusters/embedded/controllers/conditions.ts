/** Conditions in a status: changed only when their status or reason changes, as Kubernetes' controllers do it. */
import { timestamp } from '../api/storage/metadata.ts';
import type { Condition } from './kinds.ts';

/** `conditions` with this one set. A condition that says the same already stays as it is, time and message too. */
export function withCondition(conditions: Condition[] | undefined, wanted: Condition): Condition[] {
  const current = conditions?.find(({ type }) => type === wanted.type);
  if (current?.status === wanted.status && current.reason === wanted.reason) return conditions as Condition[];
  const lastTransitionTime = current?.status === wanted.status ? current.lastTransitionTime : timestamp();
  return [
    ...withoutCondition(conditions, wanted.type),
    { ...wanted, ...(lastTransitionTime && { lastTransitionTime }) },
  ];
}

export const withoutCondition = (conditions: Condition[] | undefined, type: string): Condition[] =>
  (conditions ?? []).filter((each) => each.type !== type);
