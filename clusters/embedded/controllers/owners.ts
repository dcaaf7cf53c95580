/** Owner references: which objects belong to a controller's object, and who hears of a change of theirs. */
import type { LabelSelector } from '../kinds.ts';
import type { Change, KubeObject, ObjectMeta, Objects, OwnerReference } from '../objects.ts';
import { keyOf, type WorkQueue } from './queue.ts';
import { selects } from './selectors.ts';

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

/** Metadata of a new object that its owner's controller makes: the API server draws the rest of its name. */
export const metadataBelow = (owner: KubeObject): ObjectMeta => ({
  name: '',
  generateName: `${owner.metadata.name}-`,
  namespace: owner.metadata.namespace,
  ownerReferences: [controllerReference(owner)],
});

/** Takes the owner's reference off the object. */
export function release(objects: Objects, { kind, metadata }: KubeObject, owner: KubeObject): void {
  const rest = metadata.ownerReferences?.filter(({ uid }) => uid !== owner.metadata.uid) ?? [];
  const ownerReferences = rest.length > 0 ? rest : null;
  objects.patch(kind, metadata.namespace, metadata.name, { metadata: { ownerReferences } });
}

/**
 * The owner's objects of a kind, each as it is after being adopted: it adopts those that its selector matches and
 * releases those that it does not match any more. Only those that `isCandidate` are looked at.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/controller/controller_ref_manager.go
 */
export function claim<T extends KubeObject>(
  objects: Objects,
  owner: KubeObject,
  kind: string,
  isCandidate: (object: T) => boolean = () => true,
): T[] {
  const { uid, namespace, deletionTimestamp } = owner.metadata;
  const ownerLeaves = deletionTimestamp !== undefined;
  const owned: T[] = [];
  for (const object of objects.list<T>(kind, { namespace: namespace as string }).filter(isCandidate)) {
    const { name, labels, ownerReferences = [] } = object.metadata;
    const controller = controllerOf(object);
    const wanted = selects(owner['spec'].selector, labels);
    if (controller?.uid === uid) {
      if (wanted) owned.push(object);
      else if (!ownerLeaves) release(objects, object, owner);
    } else if (!controller && wanted && !ownerLeaves && object.metadata.deletionTimestamp === undefined) {
      const references = [...ownerReferences, controllerReference(owner)];
      owned.push(objects.patch<T>(kind, namespace, name, { metadata: { ownerReferences: references } }));
    }
  }
  return owned;
}

/** Queues the owners of `kind` of a changed object: its controllers before and after, or who may adopt it. */
export const queueOwners =
  (objects: Objects, kind: string, queue: WorkQueue) =>
  ({ object, old }: Pick<Change, 'object' | 'old'>): void => {
    const { namespace, labels } = object.metadata;
    for (const each of [object, old]) {
      const controller = each && controllerOf(each);
      if (controller?.kind === kind) queue.add(`${namespace}/${controller.name}`);
    }
    if (controllerOf(object)) return;
    for (const owner of objects.list(kind, { namespace: namespace as string }))
      if (selects(owner['spec'].selector as LabelSelector, labels)) queue.add(keyOf(owner));
  };
