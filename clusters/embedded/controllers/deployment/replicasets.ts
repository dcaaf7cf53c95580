/** A Deployment's ReplicaSets: the one with its current template, and the older ones. */
import { equal } from '../../api/json.ts';
import { timestamp } from '../../api/storage/metadata.ts';
import type { Recorder } from '../../events.ts';
import { ApiError, type KubeObject, type Objects } from '../../objects.ts';
import { withCondition } from '../conditions.ts';
import { templateHash } from '../hash.ts';
import type { Deployment, PodTemplate, ReplicaSet } from '../kinds.ts';
import { controllerOf, controllerReference } from '../pods.ts';
import { isNamespaceTerminating } from '../queue.ts';
import { writeStatus } from '../status.ts';
import { currentAnnotations, revision, revisionOf, sizeAnnotations } from './annotations.ts';
import { deadlineOf, isRollingUpdate, maxSurge, replicasOf } from './limits.ts';

export interface Family {
  /** Has the current template. */
  current: ReplicaSet | undefined;
  /** All others, the oldest first. */
  old: ReplicaSet[];
}

const hashLabel = 'pod-template-hash';

export const sizeOf = (set: ReplicaSet): number => set.spec.replicas ?? 1;
export const sum = (sets: ReplicaSet[], value: (set: ReplicaSet) => number | undefined): number =>
  sets.reduce((total, set) => total + (value(set) ?? 0), 0);
export const all = ({ current, old }: Family): ReplicaSet[] => (current ? [...old, current] : old);

const byAge = (a: ReplicaSet, b: ReplicaSet): number =>
  Date.parse(a.metadata.creationTimestamp ?? '') - Date.parse(b.metadata.creationTimestamp ?? '') ||
  revisionOf(a) - revisionOf(b) ||
  (a.metadata.name < b.metadata.name ? -1 : 1);

function withoutHash(template: PodTemplate): PodTemplate {
  const { [hashLabel]: _hash, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** Splits a Deployment's ReplicaSets. Where two have the current template, the older is it. */
export function familyOf(deployment: Deployment, sets: ReplicaSet[]): Family {
  const sorted = sets.toSorted(byAge);
  const wanted = withoutHash(deployment.spec.template);
  const current = sorted.find(({ spec }) => equal(withoutHash(spec.template), wanted));
  return { current, old: sorted.filter((set) => set !== current) };
}

/** How many replicas the current ReplicaSet may have now. */
export function allowedSize(deployment: Deployment, { current, old }: Family): number {
  const total = replicasOf(deployment);
  if (!isRollingUpdate(deployment)) return total;
  const size = current ? sizeOf(current) : 0;
  const room = total + maxSurge(deployment) - sum(old, sizeOf) - size;
  return room <= 0 ? size : size + Math.min(room, total - size);
}

/** Brings the current ReplicaSet's revision, annotations and minReadySeconds up to date, and the Deployment's revision with it. */
export function syncRevision(objects: Objects, deployment: Deployment, family: Family): Family {
  const { current, old } = family;
  if (!current) return family;
  const { namespace, name } = current.metadata;
  const next = Math.max(0, ...old.map(revisionOf)) + 1;
  const annotations = currentAnnotations(deployment, current, next);
  const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
  let updated = current;
  if (
    !equal(annotations, current.metadata.annotations ?? {}) ||
    minReadySeconds !== (current.spec.minReadySeconds ?? 0)
  ) {
    updated = objects.patch<ReplicaSet>('ReplicaSet', namespace, name, {
      metadata: { annotations },
      spec: { minReadySeconds },
    });
  }
  setRevision(objects, deployment, revisionOf(updated));
  return { current: updated, old };
}

function setRevision(objects: Objects, { metadata }: Deployment, number: number): void {
  if (metadata.annotations?.[revision] === String(number)) return;
  objects.patch('Deployment', metadata.namespace, metadata.name, {
    metadata: { annotations: { [revision]: String(number) } },
  });
}

/** Creates the current ReplicaSet. Throws the refusal, after having reported it. */
export function createCurrent(objects: Objects, deployment: Deployment, family: Family, record: Recorder): ReplicaSet {
  const replicas = allowedSize(deployment, family);
  const next = Math.max(0, ...family.old.map(revisionOf)) + 1;
  const wanted = newReplicaSet(deployment, replicas, next);
  let created: ReplicaSet;
  try {
    created = objects.create<ReplicaSet>(wanted);
  } catch (error) {
    refused(objects, deployment, wanted, error, record);
    throw error;
  }
  const { name } = created.metadata;
  if (replicas > 0)
    record(deployment, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${replicas}`);
  setRevision(objects, deployment, next);
  setProgress(objects, deployment, 'True', 'NewReplicaSetCreated', `Created new replica set "${name}"`);
  return created;
}

function newReplicaSet(deployment: Deployment, replicas: number, next: number): KubeObject {
  const { template, selector, minReadySeconds } = deployment.spec;
  const { namespace, name } = deployment.metadata;
  const hash = templateHash(template, deployment.status?.collisionCount);
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name.slice(0, 253 - 1 - hash.length)}-${hash}`,
      namespace,
      labels,
      annotations: { ...currentAnnotations(deployment, undefined, next), ...sizeAnnotations(deployment) },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas,
      ...(minReadySeconds !== undefined && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

/** A name that is taken is another template with the same hash: the next attempt hashes differently. */
function refused(objects: Objects, deployment: Deployment, set: KubeObject, error: unknown, record: Recorder): void {
  if (!(error instanceof ApiError) || isNamespaceTerminating(error)) return;
  const { namespace, name } = set.metadata;
  const other = error.reason === 'AlreadyExists' ? objects.get('ReplicaSet', namespace, name) : undefined;
  if (other) {
    // one of its own that is on its way out has the name still: wait for that
    if (controllerOf(other)?.uid === deployment.metadata.uid && other.metadata.deletionTimestamp) return;
    writeStatus(objects, deployment, {
      ...deployment.status,
      collisionCount: (deployment.status?.collisionCount ?? 0) + 1,
    });
    return;
  }
  const message = `Failed to create new replica set "${name}": ${error.message}`;
  setProgress(objects, deployment, 'False', 'ReplicaSetCreateError', message);
  record(deployment, 'Warning', 'ReplicaSetCreateError', message);
}

/** Sets the Progressing condition at once, ahead of the rest of the status. Without a deadline there is no such condition. */
export function setProgress(
  objects: Objects,
  { metadata: { namespace, name } }: Deployment,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
): void {
  const deployment = objects.get<Deployment>('Deployment', namespace, name);
  if (!deployment || deadlineOf(deployment) === undefined) return;
  const conditions = withCondition(deployment.status?.conditions, progressing(status, reason, message));
  writeStatus(objects, deployment, { ...deployment.status, conditions });
}

export const progressing = (status: 'True' | 'False' | 'Unknown', reason: string, message: string) => ({
  type: 'Progressing' as const,
  status,
  reason,
  message,
  lastUpdateTime: timestamp(),
});
