/** Statuses and their conditions. A condition changes only with its status or reason, as in Kubernetes. */
import { equal } from '../api/json.ts';
import { timestamp } from '../api/storage/metadata.ts';
import type { Condition } from '../kinds.ts';
import type { KubeObject, Objects } from '../objects.ts';

/** Writes the status if it differs. Returns the object as it now is. */
export function writeStatus<T extends KubeObject>(objects: Objects, object: T, status: object): T {
  if (equal(object['status'], status)) return object;
  // without a resourceVersion the write does not conflict: of these fields the controller is the only writer
  const { resourceVersion: _resourceVersion, ...metadata } = object.metadata;
  return objects.updateStatus<T>({ ...object, metadata, status });
}

/** The counts that are not zero: Go leaves the others out of a status. */
export const nonZero = (counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

/** The generation that a status is about, where there is one. */
export const observed = ({ metadata: { generation } }: KubeObject): { observedGeneration?: number } =>
  generation === undefined ? {} : { observedGeneration: generation };

export const conditionOf = (object: KubeObject, type: string): Condition | undefined =>
  (object['status']?.conditions as Condition[] | undefined)?.find((each) => each.type === type);

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
