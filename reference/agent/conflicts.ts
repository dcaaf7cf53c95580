import type { ServiceEntry } from '../model/services/index.ts';

/**
 * Says once of each external address why it is not served, and again when it was served in between. `tell`: the reason
 * in one word, as events of Kubernetes have it, and a sentence.
 */
export function createConflicts(tell: (reason: string, message: string) => void) {
  let known = new Set<string>();
  return (entries: Iterable<ServiceEntry>): void => {
    const now = new Set<string>();
    for (const { name, refused = [] } of entries) {
      for (const { address } of refused) now.add(`${name} is not reached at ${address}: it is another one's ClusterIP`);
    }
    for (const sentence of now.difference(known)) tell('ExternalIPRefused', `Service ${sentence}`);
    known = now;
  };
}
