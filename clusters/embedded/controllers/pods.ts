/** What controllers ask about Pods and do with them. */
import { createHash } from 'node:crypto';
import { letters } from '../api/storage/metadata.ts';
import type { Recorder } from '../events.ts';
import type { Pod, PodTemplate } from '../kinds.ts';
import { ApiError, type KubeObject, type Objects } from '../objects.ts';
import { metadataBelow } from './owners.ts';
import { isNamespaceTerminating, type WorkQueue } from './queue.ts';
import { conditionOf } from './status.ts';

export const isReady = (pod: Pod): boolean => conditionOf(pod, 'Ready')?.status === 'True';

/** Succeeded or Failed: its containers will never run again. */
export const isTerminal = (pod: Pod): boolean => ['Succeeded', 'Failed'].includes(pod.status?.phase ?? '');

/** Counts as one of its owner's replicas. */
export const isActive = (pod: Pod): boolean => !isTerminal(pod) && pod.metadata.deletionTimestamp === undefined;

/** Milliseconds until the Pod counts as available: 0 if it does, undefined while it is not ready. */
function availableIn(pod: Pod, minReadySeconds: number | undefined): number | undefined {
  const ready = conditionOf(pod, 'Ready');
  if (ready?.status !== 'True') return undefined;
  if (!minReadySeconds) return 0;
  return Math.max(0, Date.parse(ready.lastTransitionTime ?? '') + minReadySeconds * 1000 - Date.now());
}

export const isAvailable = (pod: Pod, minReadySeconds: number | undefined): boolean =>
  availableIn(pod, minReadySeconds) === 0;

/** Queues the owner again for when its ready Pods become available. */
export function waitUntilAvailable(queue: WorkQueue, key: string, pods: Pod[], minReadySeconds?: number): void {
  for (const pod of pods) {
    const wait = availableIn(pod, minReadySeconds);
    if (wait) queue.addAfter(key, wait);
  }
}

/** The older first. */
export const byAge = (a: KubeObject, b: KubeObject): number =>
  Date.parse(a.metadata.creationTimestamp ?? '') - Date.parse(b.metadata.creationTimestamp ?? '');

/** Orders ranks, which are lists of numbers, by the first number that differs. */
export function compare(a: number[], b: number[]): number {
  const i = a.findIndex((value, index) => value !== b[index]);
  return i < 0 ? 0 : (a[i] as number) - (b[i] as number);
}

/** A Pod from an owner's template. */
export function podFrom(template: PodTemplate, owner: KubeObject): KubeObject {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const given = { ...(labels && { labels }), ...(annotations && { annotations }), ...(finalizers && { finalizers }) };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadataBelow(owner), ...given }, spec: template.spec };
}

/**
 * A short hash of a template, in the letters that Kubernetes uses for it. Equal templates give equal hashes; the value
 * itself is not that of a real controller, and nothing may depend on it. `collisions` makes another hash where two
 * templates met.
 */
export function templateHash(template: PodTemplate, collisions = 0): string {
  const text = `${JSON.stringify(template, sorted)}${collisions || ''}`;
  const digest = createHash('sha1').update(text).digest();
  return [...digest.subarray(0, 10)].map((byte) => letters[byte % letters.length]).join('');
}

/** For JSON.stringify: fields in one order. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Creates a Pod and tells of it on its owner. Throws the refusal, after having told of that. */
export function createPod(objects: Objects, record: Recorder, owner: KubeObject, wanted: KubeObject): Pod {
  try {
    const pod = objects.create<Pod>(wanted);
    record(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    return pod;
  } catch (error) {
    if (error instanceof ApiError && !isNamespaceTerminating(error))
      record(owner, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
    throw error;
  }
}

/** Deletes a Pod and tells of it on its owner. */
export function deletePod(objects: Objects, record: Recorder, owner: KubeObject, { metadata }: Pod): void {
  objects.delete('Pod', metadata.namespace, metadata.name, { uid: metadata.uid as string });
  record(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${metadata.name}`);
}
