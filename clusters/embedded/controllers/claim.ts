/** Which objects belong to an owner: adopts those that its selector matches, lets go of those that it does not match any more. */
import type { Change, KubeObject, Objects } from '../objects.ts';
import { keyOf } from './keys.ts';
import type { LabelSelector, Pod } from './kinds.ts';
import { controllerOf, controllerReference } from './pods.ts';
import type { WorkQueue } from './queue.ts';
import { selects } from './selectors.ts';

/**
 * The owner's objects among the candidates, each as it is after being adopted.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/controller/controller_ref_manager.go
 */
export function claim<T extends KubeObject>(
  objects: Objects,
  owner: KubeObject,
  selector: LabelSelector,
  candidates: T[],
): T[] {
  const ownerLeaves = owner.metadata.deletionTimestamp !== undefined;
  const owned: T[] = [];
  for (const object of candidates) {
    const { namespace, name, labels, deletionTimestamp, ownerReferences = [] } = object.metadata;
    const controller = controllerOf(object);
    const wanted = selects(selector, labels);
    if (controller?.uid === owner.metadata.uid) {
      if (wanted) owned.push(object);
      else if (!ownerLeaves) {
        const rest = ownerReferences.filter(({ uid }) => uid !== owner.metadata.uid);
        objects.patch(object.kind, namespace, name, { metadata: { ownerReferences: rest.length > 0 ? rest : null } });
      }
    } else if (!controller && wanted && !ownerLeaves && deletionTimestamp === undefined) {
      const references = [...ownerReferences, controllerReference(owner)];
      owned.push(objects.patch<T>(object.kind, namespace, name, { metadata: { ownerReferences: references } }));
    }
  }
  return owned;
}

/** What of a kind a changed Pod is the business of: its controllers, before and after, or those that may adopt it. */
export const podChanges =
  (objects: Objects, kind: string, queue: WorkQueue) =>
  ({ object, old }: Change<Pod>): void => {
    const { namespace } = object.metadata;
    for (const pod of [object, old]) {
      const controller = pod && controllerOf(pod);
      if (controller?.kind === kind) queue.add(`${namespace}/${controller.name}`);
    }
    if (controllerOf(object)) return;
    for (const owner of objects.list(kind, { namespace: namespace as string }))
      if (selects(owner['spec'].selector, object.metadata.labels)) queue.add(keyOf(owner));
  };
