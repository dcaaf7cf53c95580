import { createHash } from 'node:crypto';
import { linkPrefix } from '../../model/spoofing.ts';

/** The MAC of every host end, as in Calico: Pods have it as a permanent neighbour, so nobody ever asks for it. */
export const hostMac = 'ee:ee:ee:ee:ee:ee';
/** What Pods have as their gateway. No link of the node has it: a permanent neighbour leads to the host end. */
export const gateway = '169.254.1.1';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** Whether a link's name is one that attachmentName makes. */
export const isAttachmentName = (name: string) => /^nv[a-z2-7]{13}$/.test(name);

/**
 * The name of one attachment, and of its host link: 15 characters, the longest the kernel takes. It follows from
 * container and interface, so that a journal entry, a link and a request can always be brought together.
 */
export function attachmentName(containerId: string, ifname: string): string {
  // container IDs hold no slash
  const hash = createHash('sha256').update(`${containerId}/${ifname}`).digest();
  return linkPrefix + Array.from(hash.subarray(0, 13), (byte) => alphabet[byte % 32]).join('');
}
