/** What controllers ask about Pods. */
import type { KubeObject } from '../objects.ts';
import type { Condition, OwnerReference, Pod, PodTemplate } from './kinds.ts';

export const conditionOf = (object: KubeObject, type: string): Condition | undefined =>
  (object['status']?.conditions as Condition[] | undefined)?.find((each) => each.type === type);

export const isReady = (pod: Pod): boolean => conditionOf(pod, 'Ready')?.status === 'True';

/** Succeeded or Failed: its containers will never run again. */
export const isTerminal = (pod: Pod): boolean => ['Succeeded', 'Failed'].includes(pod.status?.phase ?? '');

/** Counts as one of its owner's replicas. */
export const isActive = (pod: Pod): boolean => !isTerminal(pod) && pod.metadata.deletionTimestamp === undefined;

/** Milliseconds until the Pod counts as available: 0 if it does, undefined while it is not ready. */
export function availableIn(pod: Pod, minReadySeconds: number | undefined, now: number): number | undefined {
  const ready = conditionOf(pod, 'Ready');
  if (ready?.status !== 'True') return undefined;
  if (!minReadySeconds) return 0;
  return Math.max(0, Date.parse(ready.lastTransitionTime ?? '') + minReadySeconds * 1000 - now);
}

export const isAvailable = (pod: Pod, minReadySeconds: number | undefined, now: number): boolean =>
  availableIn(pod, minReadySeconds, now) === 0;

export const controllerOf = ({ metadata }: KubeObject): OwnerReference | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller);

export const controllerReference = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid as string,
  controller: true,
  blockOwnerDeletion: true,
});

/** A Pod from an owner's template. */
export function podFrom(template: PodTemplate, owner: KubeObject): KubeObject {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: '',
      generateName: `${owner.metadata.name}-`,
      namespace: owner.metadata.namespace,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [controllerReference(owner)],
    },
    spec: template.spec,
  };
}
