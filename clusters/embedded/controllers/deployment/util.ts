/** What a Deployment's sizes, revisions and ReplicaSets are. */
import { equal } from '../../api/json.ts';
import type { Recorder } from '../../events.ts';
import type { Deployment, IntOrPercent, PodTemplate, ReplicaSet } from '../../kinds.ts';
import type { Objects } from '../../objects.ts';
import { byAge } from '../pods.ts';

/** What a sync of one Deployment works with. */
export interface Sync {
  objects: Objects;
  deployment: Deployment;
  record: Recorder;
}

export interface ReplicaSets {
  /** Has the current template. */
  current: ReplicaSet | undefined;
  /** All others, the oldest first. */
  old: ReplicaSet[];
}

type Annotations = Record<string, string>;

export const hashLabel = 'pod-template-hash';
export const revision = 'deployment.kubernetes.io/revision';
const history = 'deployment.kubernetes.io/revision-history';
const desired = 'deployment.kubernetes.io/desired-replicas';
const max = 'deployment.kubernetes.io/max-replicas';

/** Annotations of a Deployment that its ReplicaSets do not get. */
const isOwn = (key: string): boolean =>
  key.startsWith('deployment.kubernetes.io/') || key === 'kubectl.kubernetes.io/last-applied-configuration';

export const replicasOf = ({ spec }: Deployment): number => spec.replicas ?? 1;

export const isRollingUpdate = ({ spec }: Deployment): boolean =>
  (spec.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate';

/** A number, or a percentage of `total`. */
export function scaled(value: IntOrPercent | undefined, total: number, round: (value: number) => number): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  return round((Number.parseFloat(value) * total) / 100);
}

/** How many Pods a rollout may have too many. Rounded up. */
export function maxSurge(deployment: Deployment): number {
  if (!isRollingUpdate(deployment)) return 0;
  return scaled(deployment.spec.strategy?.rollingUpdate?.maxSurge ?? '25%', replicasOf(deployment), Math.ceil);
}

/** How many a rollout may have too few. Rounded down; one if nothing would ever move without it. */
export function maxUnavailable(deployment: Deployment): number {
  const total = replicasOf(deployment);
  if (!isRollingUpdate(deployment) || total === 0) return 0;
  const unavailable = scaled(deployment.spec.strategy?.rollingUpdate?.maxUnavailable ?? '25%', total, Math.floor);
  return Math.min(unavailable === 0 && maxSurge(deployment) === 0 ? 1 : unavailable, total);
}

/** Seconds without progress after which a rollout counts as stuck; undefined: never (the largest number means that). */
export function deadlineOf({ spec }: Deployment): number | undefined {
  const { progressDeadlineSeconds = 600 } = spec;
  return progressDeadlineSeconds === 2 ** 31 - 1 ? undefined : progressDeadlineSeconds;
}

export const sizeOf = (set: ReplicaSet): number => set.spec.replicas ?? 1;
export const availableOf = (set: ReplicaSet): number => set.status?.availableReplicas ?? 0;
export const sum = (sets: ReplicaSet[], value: (set: ReplicaSet) => number | undefined): number =>
  sets.reduce((total, set) => total + (value(set) ?? 0), 0);
export const all = ({ current, old }: ReplicaSets): ReplicaSet[] => (current ? [...old, current] : old);

export const revisionOf = ({ metadata }: ReplicaSet): number => Number(metadata.annotations?.[revision] ?? 0) || 0;

/** The revision that the current ReplicaSet is to have at least. */
export const nextRevision = (old: ReplicaSet[]): number => Math.max(0, ...old.map(revisionOf)) + 1;

function numberIn(set: ReplicaSet, key: string): number | undefined {
  const text = set.metadata.annotations?.[key];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

export const desiredReplicas = (set: ReplicaSet) => numberIn(set, desired);
export const maxReplicas = (set: ReplicaSet) => numberIn(set, max);

/** The annotations that tell a scaling of the Deployment from its rollout. */
export const sizeAnnotations = (deployment: Deployment): Annotations => ({
  [desired]: String(replicasOf(deployment)),
  [max]: String(replicasOf(deployment) + maxSurge(deployment)),
});

/**
 * Annotations of the ReplicaSet with the Deployment's current template, which is to be revision `next` at least. A
 * ReplicaSet that is rolled back to remembers the revisions it was before.
 */
export function currentAnnotations(deployment: Deployment, set: ReplicaSet | undefined, next: number): Annotations {
  const before = set?.metadata.annotations ?? {};
  const given = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !isOwn(key));
  const result = { ...before, ...Object.fromEntries(given) };
  const was = before[revision];
  if (Number(was ?? 0) >= next) return result;
  result[revision] = String(next);
  if (was !== undefined) result[history] = before[history] ? `${before[history]},${was}` : was;
  return result;
}

function withoutHash(template: PodTemplate): PodTemplate {
  const { [hashLabel]: _hash, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

const byAgeAndRevision = (a: ReplicaSet, b: ReplicaSet): number =>
  byAge(a, b) || revisionOf(a) - revisionOf(b) || (a.metadata.name < b.metadata.name ? -1 : 1);

/** Splits a Deployment's ReplicaSets. Where two have the current template, the older is it. */
export function splitReplicaSets(deployment: Deployment, sets: ReplicaSet[]): ReplicaSets {
  const sorted = sets.toSorted(byAgeAndRevision);
  const wanted = withoutHash(deployment.spec.template);
  const current = sorted.find(({ spec }) => equal(withoutHash(spec.template), wanted));
  return { current, old: sorted.filter((set) => set !== current) };
}

/** How many replicas the current ReplicaSet may have now. */
export function allowedSize(deployment: Deployment, { current, old }: ReplicaSets): number {
  const total = replicasOf(deployment);
  if (!isRollingUpdate(deployment)) return total;
  const size = current ? sizeOf(current) : 0;
  const room = total + maxSurge(deployment) - sum(old, sizeOf) - size;
  return room <= 0 ? size : size + Math.min(room, total - size);
}
