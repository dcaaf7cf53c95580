import type { PodObject } from '../model/objects.ts';
import type { Attachment } from '../model/types.ts';

/**
 * Remembers the objects of attached Pods. A Pod can be gone from the API while it still runs here (deleted by force, or
 * its namespace with it); its policies hold until its DEL, so the last its object said has to be known that long.
 */
export class PodMemory {
  #known = new Map<string, PodObject>();

  /** The Pods of the API, and those that it has forgotten. `find` looks one of the former up. */
  complete(
    pods: PodObject[],
    find: (namespace: string, name: string) => PodObject | undefined,
    attachments: Attachment[],
  ): PodObject[] {
    const known = new Map<string, PodObject>();
    const forgotten: PodObject[] = [];
    for (const { uid, namespace, pod } of attachments) {
      const current = find(namespace, pod);
      const isKnown = current?.metadata.uid === uid;
      const object = isKnown ? current : this.#known.get(uid);
      if (uid === '' || object === undefined) continue;
      known.set(uid, object);
      if (!isKnown) forgotten.push(object);
    }
    this.#known = known;
    return forgotten.length === 0 ? pods : [...pods, ...forgotten];
  }
}
