import type { ServiceEntry } from '../model/services/index.ts';

/**
 * Tells who made a Service (`namespace/name`) the reason in one word, as events of Kubernetes have it, and a sentence.
 * False: not now, that namespace has had enough.
 */
export type TellOwner = (service: string, reason: string, message: string) => boolean;

/**
 * Says once of each external address why it is not served, and again when it was served in between. What cannot be told
 * now is told at a later look: then it returns false. That it is over is not told: events of Kubernetes go by
 * themselves, after an hour.
 */
export function createConflicts(tell: TellOwner) {
  let known = new Set<string>();
  return (entries: Iterable<ServiceEntry>): boolean => {
    const now = new Set<string>();
    let isAll = true;
    for (const { name, refused = [] } of entries) {
      for (const { address } of refused) {
        const sentence = `Service ${name} is not reached at ${address}: it is another one's ClusterIP`;
        if (known.has(sentence) || now.has(sentence) || tell(name, 'ExternalIPRefused', sentence)) now.add(sentence);
        else isAll = false;
      }
    }
    known = now;
    return isAll;
  };
}
