/** Which Pod has which address: the ground on which policies stand. */
import { canonicalAddress } from './cidr.ts';
import type { PodObject } from './objects.ts';
import { type PodFacts, podFacts } from './pod-facts.ts';
import { PodGroups } from './pod-groups.ts';
import type { Attachment, Snapshot } from './types.ts';

/** A Pod of this node that policies may select. `pod` is undefined while the API has not told of it. */
export interface Subject {
  address: string;
  namespace: string;
  pod: PodFacts | undefined;
}

export interface PodIndex {
  /** Pods that can be peers: not on the host's network, not ended. */
  byAddress: Map<string, PodFacts>;
  groups: PodGroups;
  subjects: Subject[];
}

/** The kubelet names a static Pod to the runtime by this annotation, not by the uid of its mirror in the API. */
const STATIC_POD_UID = 'kubernetes.io/config.hash';

function ownersOf(attachments: Attachment[]): (pod: PodObject) => Attachment[] {
  const byUid = Map.groupBy(attachments, ({ uid }) => uid);
  const unnamed = byUid.get('') ?? [];
  byUid.delete('');
  const byName = Map.groupBy(unnamed, ({ namespace, pod }) => `${namespace}/${pod}`);
  return ({ metadata }) =>
    byUid.get(metadata.uid ?? '') ??
    byUid.get(metadata.annotations?.[STATIC_POD_UID] ?? '') ??
    byName.get(`${metadata.namespace ?? ''}/${metadata.name}`) ??
    [];
}

/**
 * Finds the address of each Pod.
 * - A Pod with an attachment here has the attachment's address, before the API shows one.
 * - An attachment's address is nobody else's: a Pod that had it before is gone, whatever its object still says.
 * - A Pod of this node without an attachment has no network (any more).
 * - Of two Pods elsewhere with one address, the one that is not terminating has it, else the younger.
 */
export function indexPods(snapshot: Snapshot): PodIndex {
  const attachments = snapshot.attachments.flatMap((attachment) => {
    const address = canonicalAddress(attachment.ip);
    return address === undefined ? [] : [{ ...attachment, ip: address }];
  });
  const attached = ownersOf(attachments);
  const taken = new Set(attachments.map(({ ip }) => ip));
  const podOf = new Map<string, PodFacts>();
  const byAddress = new Map<string, PodFacts>();
  for (const pod of snapshot.pods) {
    const facts = podFacts(pod);
    if (facts.hostNetwork) continue;
    const own = attached(pod);
    for (const { ip } of own) podOf.set(ip, facts);
    if (facts.ended) continue;
    for (const { ip } of own) byAddress.set(ip, facts);
    const { address } = facts;
    if (own.length > 0 || address === undefined || facts.node === snapshot.node || taken.has(address)) continue;
    const other = byAddress.get(address);
    if (other === undefined || outlives(facts, other)) byAddress.set(address, facts);
  }
  const subjects = attachments
    .filter(({ namespace }) => namespace !== '')
    .map(({ ip, namespace }) => ({ address: ip, namespace, pod: podOf.get(ip) }));
  return { byAddress, groups: new PodGroups(byAddress), subjects };
}

function outlives(a: PodFacts, b: PodFacts): boolean {
  return a.terminating === b.terminating ? a.created > b.created : b.terminating;
}
