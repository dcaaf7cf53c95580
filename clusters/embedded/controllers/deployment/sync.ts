/** What a Deployment does to its ReplicaSets: creates the current one, counts revisions, resizes, deletes. */
import { equal } from '../../api/json.ts';
import type { Deployment, ReplicaSet } from '../../kinds.ts';
import { ApiError, type KubeObject } from '../../objects.ts';
import { controllerOf, controllerReference } from '../owners.ts';
import { templateHash } from '../pods.ts';
import { isNamespaceTerminating } from '../queue.ts';
import { writeStatus } from '../status.ts';
import { setProgress } from './status.ts';
import type { ReplicaSets, Sync } from './util.ts';
import * as util from './util.ts';

/** Sets a size and the annotations that remember it. Returns whether the size changed. */
export function resize({ objects, deployment, record }: Sync, set: ReplicaSet, size: number): boolean {
  const before = util.sizeOf(set);
  const { namespace, name } = set.metadata;
  objects.patch('ReplicaSet', namespace, name, {
    metadata: { annotations: util.sizeAnnotations(deployment) },
    spec: { replicas: size },
  });
  if (size === before) return false;
  const direction = before < size ? 'up' : 'down';
  const message = `Scaled ${direction} replica set ${name} from ${before} to ${size}`;
  record(deployment, 'Normal', 'ScalingReplicaSet', message);
  return true;
}

/** Brings the current ReplicaSet's annotations and minReadySeconds up to date, and the Deployment's revision. */
export function syncRevision(sync: Sync, sets: ReplicaSets): ReplicaSets {
  const { objects, deployment } = sync;
  const { current, old } = sets;
  if (!current) return sets;
  const { namespace, name, annotations: before = {} } = current.metadata;
  const annotations = util.currentAnnotations(deployment, current, util.nextRevision(old));
  const { minReadySeconds = 0 } = deployment.spec;
  let updated = current;
  if (!equal(annotations, before) || minReadySeconds !== (current.spec.minReadySeconds ?? 0)) {
    updated = objects.patch<ReplicaSet>('ReplicaSet', namespace, name, {
      metadata: { annotations },
      spec: { minReadySeconds },
    });
  }
  setRevision(sync, util.revisionOf(updated));
  return { current: updated, old };
}

function setRevision({ objects, deployment: { metadata } }: Sync, number: number): void {
  if (metadata.annotations?.[util.revision] === String(number)) return;
  objects.patch('Deployment', metadata.namespace, metadata.name, {
    metadata: { annotations: { [util.revision]: String(number) } },
  });
}

/** Creates the current ReplicaSet. Throws the refusal, after having reported it. */
export function createCurrent(sync: Sync, sets: ReplicaSets): ReplicaSet {
  const { objects, deployment, record } = sync;
  const replicas = util.allowedSize(deployment, sets);
  const next = util.nextRevision(sets.old);
  const wanted = newReplicaSet(deployment, replicas, next);
  let created: ReplicaSet;
  try {
    created = objects.create<ReplicaSet>(wanted);
  } catch (error) {
    refused(sync, wanted, error);
    throw error;
  }
  const { name } = created.metadata;
  if (replicas > 0)
    record(deployment, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${replicas}`);
  setRevision(sync, next);
  setProgress(sync, 'True', 'NewReplicaSetCreated', `Created new replica set "${name}"`);
  return created;
}

function newReplicaSet(deployment: Deployment, replicas: number, next: number): KubeObject {
  const { template, selector, minReadySeconds } = deployment.spec;
  const { namespace, name } = deployment.metadata;
  const hash = templateHash(template, deployment.status?.collisionCount);
  const labels = { ...template.metadata?.labels, [util.hashLabel]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name.slice(0, 253 - 1 - hash.length)}-${hash}`,
      namespace,
      labels,
      annotations: { ...util.currentAnnotations(deployment, undefined, next), ...util.sizeAnnotations(deployment) },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas,
      ...(minReadySeconds !== undefined && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [util.hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

/** A name that is taken is another template with the same hash: the next attempt hashes differently. */
function refused(sync: Sync, set: KubeObject, error: unknown): void {
  if (!(error instanceof ApiError) || isNamespaceTerminating(error)) return;
  const { objects, deployment, record } = sync;
  const { namespace, name } = set.metadata;
  const other = error.reason === 'AlreadyExists' ? objects.get('ReplicaSet', namespace, name) : undefined;
  if (other) {
    // one of its own that is on its way out has the name still: wait for that
    if (controllerOf(other)?.uid === deployment.metadata.uid && other.metadata.deletionTimestamp) return;
    const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
    writeStatus(objects, deployment, { ...deployment.status, collisionCount });
    return;
  }
  const message = `Failed to create new replica set "${name}": ${error.message}`;
  setProgress(sync, 'False', 'ReplicaSetCreateError', message);
  record(deployment, 'Warning', 'ReplicaSetCreateError', message);
}

/** Deletes old ReplicaSets beyond revisionHistoryLimit, the lowest revisions first; one that has Pods stays for now. */
export function cleanUp({ objects, deployment }: Sync, old: ReplicaSet[]): void {
  const alive = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const surplus = Math.max(0, alive.length - (deployment.spec.revisionHistoryLimit ?? 10));
  for (const set of alive.toSorted((a, b) => util.revisionOf(a) - util.revisionOf(b)).slice(0, surplus)) {
    const { namespace, name, generation = 0 } = set.metadata;
    const { replicas = 0, observedGeneration = 0 } = set.status ?? {};
    if (replicas !== 0 || util.sizeOf(set) !== 0 || generation > observedGeneration) continue;
    objects.delete('ReplicaSet', namespace, name);
  }
}
