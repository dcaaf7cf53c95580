/**
 * Deletes what nobody owns any more. https://kubernetes.io/docs/concepts/architecture/garbage-collection/
 * An object goes when all of its owners are gone. Its owner's deletion can also wait for it (Foreground) or release it
 * (Orphan).
 */
import { resourceOfKind, resources } from '../api/resources.ts';
import type { Change, KubeObject, Objects, OwnerReference } from '../objects.ts';
import { release } from './owners.ts';
import { WorkQueue } from './queue.ts';

const orphan = 'orphan';
const foreground = 'foregroundDeletion';

const keyOf = (kind: string, namespace: string | undefined, name: string): string =>
  JSON.stringify([kind, namespace ?? null, name]);

export function startGarbageCollector(objects: Objects): () => void {
  /** UID of an owner -> keys of the objects that name it. */
  const dependants = new Map<string, Set<string>>();

  function at(key: string): KubeObject | undefined {
    const [kind, namespace, name] = JSON.parse(key) as [string, string | null, string];
    return objects.get(kind, namespace ?? undefined, name);
  }

  function index({ type, object, old }: Change): void {
    const key = keyOf(object.kind, object.metadata.namespace, object.metadata.name);
    for (const { uid } of old?.metadata.ownerReferences ?? []) {
      dependants.get(uid)?.delete(key);
      if (dependants.get(uid)?.size === 0) dependants.delete(uid);
    }
    if (type === 'DELETED') return;
    for (const { uid } of object.metadata.ownerReferences ?? [])
      dependants.set(uid, (dependants.get(uid) ?? new Set()).add(key));
  }

  const dependantsOf = ({ metadata }: KubeObject): KubeObject[] =>
    [...(dependants.get(metadata.uid as string) ?? [])].flatMap((key) => at(key) ?? []);

  /** Another object of the owner's name is not the owner. An owner of a kind that is not served counts as there. */
  function ownerIsGone(reference: OwnerReference, namespace: string | undefined): boolean {
    const resource = resourceOfKind(reference.kind);
    if (!resource) return false;
    const owner = objects.get(reference.kind, resource.namespaced ? namespace : undefined, reference.name);
    return owner?.metadata.uid !== reference.uid;
  }

  function reconcile(key: string): void {
    const object = at(key);
    if (object?.metadata.deletionTimestamp !== undefined) finalize(object);
    else if (object) collect(object);
  }

  function collect(object: KubeObject): void {
    const { namespace, name, uid, ownerReferences = [] } = object.metadata;
    const rest = ownerReferences.filter((reference) => !ownerIsGone(reference, namespace));
    if (rest.length === ownerReferences.length) return;
    if (rest.length > 0) objects.patch(object.kind, namespace, name, { metadata: { ownerReferences: rest } });
    else objects.delete(object.kind, namespace, name, { uid: uid as string, propagationPolicy: 'Background' });
  }

  function finalize(object: KubeObject): void {
    const { finalizers = [] } = object.metadata;
    if (finalizers.includes(orphan)) {
      for (const dependant of dependantsOf(object)) release(objects, dependant, object);
      removeFinalizer(object, orphan);
    } else if (finalizers.includes(foreground)) {
      for (const { kind, metadata } of dependantsOf(object)) {
        if (metadata.deletionTimestamp !== undefined) continue;
        const policy = { uid: metadata.uid as string, propagationPolicy: 'Foreground' as const };
        objects.delete(kind, metadata.namespace, metadata.name, policy);
      }
      if (!dependantsOf(object).some((each) => blocks(each, object))) removeFinalizer(object, foreground);
    }
  }

  function removeFinalizer({ kind, metadata }: KubeObject, name: string): void {
    const rest = metadata.finalizers?.filter((each) => each !== name) ?? [];
    const finalizers = rest.length > 0 ? rest : null;
    objects.patch(kind, metadata.namespace, metadata.name, { metadata: { finalizers } });
  }

  const queue = new WorkQueue(reconcile);

  function changed(change: Change): void {
    index(change);
    const { type, object } = change;
    const { namespace, deletionTimestamp, ownerReferences = [] } = object.metadata;
    if (type === 'DELETED') {
      for (const key of dependants.get(object.metadata.uid as string) ?? []) queue.add(key);
      // whoever waits for it in the foreground can go on
      for (const { kind, name } of ownerReferences) {
        const namespaced = resourceOfKind(kind)?.namespaced ?? true;
        queue.add(keyOf(kind, namespaced ? namespace : undefined, name));
      }
    } else if (deletionTimestamp !== undefined || ownerReferences.length > 0) {
      queue.add(keyOf(object.kind, namespace, object.metadata.name));
    }
  }

  // Events own nothing, are owned by nothing, and there are many
  for (const { kind } of resources) if (kind !== 'Event') queue.watch(objects, kind, changed);
  return () => queue.stop();
}

const blocks = ({ metadata }: KubeObject, owner: KubeObject): boolean =>
  metadata.ownerReferences?.some(({ uid, blockOwnerDeletion }) => uid === owner.metadata.uid && blockOwnerDeletion) ??
  false;
