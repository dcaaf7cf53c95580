import type { Attachment } from './attachment.ts';
import { canonicalAddress } from './cidr.ts';
import type { Labels, PodObject } from './objects.ts';
import { isPeer, type PodFacts, podAddress, podFacts } from './pod-facts.ts';
import { PodGroups } from './pod-groups.ts';
import { elementsOf, picksAddress, picksLabels, picksNamespace, type Selection } from './selection.ts';
import { VersionedSet } from './versioned.ts';

/** A Pod of this node that policies may select. `pod` is undefined while the API has not told of it. */
export interface Subject {
  address: string;
  namespace: string;
  pod: PodFacts | undefined;
}

/** What is attached here at an address. `object`: of its Pod. */
interface Attached {
  subject: Subject;
  object: PodObject | undefined;
}

interface Selected {
  selection: Selection;
  set: VersionedSet;
}

/** The kubelet names a static Pod to the runtime by this annotation, not by the uid of its mirror in the API. */
const STATIC_POD_UID = 'kubernetes.io/config.hash';
const isOf = ({ metadata }: PodObject, uid: string): boolean =>
  metadata.uid === uid || metadata.annotations?.[STATIC_POD_UID] === uid;

/** Every namespace has its name as a label: https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const nameLabel = (name: string): Labels => ({ 'kubernetes.io/metadata.name': name });

/**
 * Who has which address, and the sets that are asked for, followed change by change: a change costs what it changes,
 * however many Pods there are. What it says follows from the Pods, namespaces and attachments alone, and never from the
 * order in which they came.
 * - A Pod with an attachment here has the attachment's address, before the API shows one.
 * - An attachment's address is nobody else's: a Pod that had it before is gone, whatever its object still says.
 * - A Pod of this node without an attachment has no network (any more).
 * - Of two Pods elsewhere with one address, the one that is not terminating has it, else the younger.
 */
export class PodIndex {
  readonly #node: string;
  readonly #find: (namespace: string, name: string) => PodObject[];
  /** Address -> the Pod elsewhere, or the Pods, whose objects show it. */
  readonly #shown = new Map<string, PodObject | PodObject[]>();
  readonly #groups = new PodGroups();
  readonly #namespaces = new Map<string, Labels>();
  readonly #selected = new Map<string, Selected>();
  #attachments: Attachment[] = [];
  #attached = new Map<string, Attached>();
  #owners = new Set<PodObject>();
  /** The Pods of this node. The same list as long as nothing about them has changed. */
  subjects: Subject[] = [];

  /** `node`: this one. `find`: all Pods known under a name; usually one, and the one that was made anew after it. */
  constructor(node: string, find: (namespace: string, name: string) => PodObject[]) {
    this.#node = node;
    this.#find = find;
  }

  /** A Pod has come (no `before`), is another object, or has gone (no `after`). `find` knows it by now. */
  replace(before: PodObject | undefined, after: PodObject | undefined): void {
    const [from, to] = [this.#shownBy(before), this.#shownBy(after)];
    this.#change([from, to], () => {
      if (before !== undefined && from !== undefined) this.#show(from, (pods) => pods.filter((pod) => pod !== before));
      if (after !== undefined && to !== undefined) this.#show(to, (pods) => [...pods, after]);
    });
    const changed = after ?? before;
    const isNamed = ({ namespace, pod }: Attachment) =>
      pod === changed?.metadata.name && namespace === changed.metadata.namespace;
    if (this.#attachments.some(isNamed)) this.#look();
  }

  /** All attachments of this node. */
  attach(attachments: Attachment[]): void {
    if (attachments === this.#attachments) return;
    this.#attachments = attachments;
    this.#look();
  }

  /** Finds the Pods of all attachments anew. */
  #look(): void {
    const attached = new Map<string, Attached>();
    for (const attachment of this.#attachments) {
      const address = canonicalAddress(attachment.ip);
      if (address === undefined) continue;
      const { namespace, uid } = attachment;
      const known = this.#attached.get(address);
      const last = uid !== '' && known?.object && isOf(known.object, uid) ? known.object : undefined;
      const object = this.#ownerOf(attachment) ?? last;
      const isSame = known !== undefined && known.object === object && known.subject.namespace === namespace;
      const make = () => ({ subject: { address, namespace, pod: object && podFacts(object) }, object });
      attached.set(address, isSame ? known : make());
    }
    const owners = new Set([...attached.values()].flatMap(({ object }) => object ?? []));
    const changed = [...this.#attached.keys(), ...attached.keys()].filter(
      (address) => this.#attached.get(address) !== attached.get(address),
    );
    // who owns an attachment has not the address that its object shows
    const shown = [...owners.symmetricDifference(this.#owners)].map((pod) => this.#shownBy(pod));
    this.#change([...changed, ...shown], () => {
      this.#attached = attached;
      this.#owners = owners;
    });
    const subjects = Array.from(attached.values(), ({ subject }) => subject).filter((one) => one.namespace !== '');
    const isSame = subjects.length === this.subjects.length && subjects.every((one, i) => one === this.subjects[i]);
    if (!isSame) this.subjects = subjects;
  }

  /**
   * Objects of attached Pods that are gone from the API (deleted by force, or with their namespace). What they said
   * last counts until the DEL, and so do the policies that select them.
   */
  forgotten(): PodObject[] {
    const objects = [...this.#attached.values()].flatMap(({ object }) => object ?? []);
    return objects.filter((one) => !this.#find(one.metadata.namespace ?? '', one.metadata.name).includes(one));
  }

  /** Labels of a namespace; undefined: it has gone. */
  setNamespace(name: string, labels: Labels | undefined): void {
    const before = this.#namespaces.get(name);
    const after = labels && { ...nameLabel(name), ...labels };
    if (after === undefined) this.#namespaces.delete(name);
    else this.#namespaces.set(name, after);
    for (const selected of this.#selected.values()) {
      const { selection } = selected;
      const [was, is] = [before, after].map((one) => picksNamespace(selection, name, one));
      if (was === is) continue;
      const elements = this.#elements(selection, name);
      selected.set = is ? selected.set.next([], elements) : selected.set.next(elements, []);
    }
  }

  /** The Pod that has an address as a peer: not on the host's network, not ended. */
  at(address: string): PodFacts | undefined {
    const object = this.#peerAt(address);
    return object && podFacts(object);
  }

  /** All of them. */
  get byAddress(): Map<string, PodFacts> {
    const all = new Map<string, PodFacts>();
    for (const address of [...this.#shown.keys(), ...this.#attached.keys()]) {
      const pod = this.at(address);
      if (pod !== undefined) all.set(address, pod);
    }
    return all;
  }

  /** The set of this name. The same version of it as before where no change concerned it. */
  select(name: string, selection: Selection): VersionedSet {
    let known = this.#selected.get(name);
    if (known === undefined) {
      known = { selection, set: VersionedSet.of(this.#elements(selection)) };
      this.#selected.set(name, known);
    }
    return known.set;
  }

  /** Sets of other names are no more followed. */
  keepOnly(names: (name: string) => boolean): void {
    for (const name of this.#selected.keys()) if (!names(name)) this.#selected.delete(name);
  }

  /** What a selection has of all Pods, or of those of one namespace that it is known to pick. */
  #elements(selection: Selection, home?: string): string[] {
    const { peer, port } = selection;
    const only = home ?? (typeof peer?.namespace === 'string' ? peer.namespace : undefined);
    const found: string[] = [];
    const picked = new Map<string | undefined, boolean>([[home, true]]);
    for (const { namespace, labels, addresses } of this.#groups.candidates(only, peer?.pods)) {
      const isPicked = picked.get(namespace) ?? picksNamespace(selection, namespace, this.#namespaces.get(namespace));
      picked.set(namespace, isPicked);
      if (!isPicked || !picksLabels(selection, labels)) continue;
      for (const address of addresses) {
        if (!picksAddress(selection, address)) continue;
        if (port === undefined) found.push(address);
        else found.push(...elementsOf(selection, address, this.at(address) as PodFacts));
      }
    }
    return found;
  }

  /** The Pod that an attachment names. */
  #ownerOf({ namespace, pod, uid }: Attachment): PodObject | undefined {
    return this.#find(namespace, pod).findLast(
      (object) => object.spec?.hostNetwork !== true && (uid === '' || isOf(object, uid)),
    );
  }

  /** The address that an object claims for its Pod elsewhere. */
  #shownBy(pod: PodObject | undefined): string | undefined {
    if (pod === undefined || pod.spec?.nodeName === this.#node || !isPeer(pod)) return undefined;
    return podAddress(pod);
  }

  #show(address: string, change: (pods: PodObject[]) => PodObject[]): void {
    const pods = change([this.#shown.get(address) ?? []].flat());
    const [only] = pods;
    if (only === undefined) this.#shown.delete(address);
    else this.#shown.set(address, pods.length === 1 ? only : pods);
  }

  #peerAt(address: string): PodObject | undefined {
    const attached = this.#attached.get(address);
    if (attached !== undefined) return attached.object && isPeer(attached.object) ? attached.object : undefined;
    const shown = this.#shown.get(address);
    if (!Array.isArray(shown)) return shown === undefined || this.#owners.has(shown) ? undefined : shown;
    const others = shown.filter((pod) => !this.#owners.has(pod));
    return others.length === 0 ? undefined : others.reduce((a, b) => (outlives(a, b) ? a : b));
  }

  /** Does something that may give these addresses to other Pods. */
  #change(addresses: (string | undefined)[], work: () => void): void {
    const touched = [...new Set(addresses)].filter((address) => address !== undefined);
    const before = touched.map((address) => this.#peerAt(address));
    work();
    for (const [i, address] of touched.entries()) {
      const [was, is] = [before[i], this.#peerAt(address)];
      if (was !== is) this.#exchange(address, was && podFacts(was), is && podFacts(is));
    }
  }

  /** Another Pod has an address, or the same one with another object. */
  #exchange(address: string, was: PodFacts | undefined, is: PodFacts | undefined): void {
    if (was !== undefined) this.#groups.remove(address, was);
    if (is !== undefined) this.#groups.add(address, is);
    for (const selected of this.#selected.values()) {
      const gone = this.#elementsOf(selected.selection, address, was);
      const come = this.#elementsOf(selected.selection, address, is);
      if (gone.length + come.length > 0) selected.set = selected.set.next(gone, come);
    }
  }

  #elementsOf(selection: Selection, address: string, pod: PodFacts | undefined): string[] {
    if (pod === undefined) return [];
    const { namespace, labels } = pod;
    const isPicked =
      picksLabels(selection, labels) &&
      picksNamespace(selection, namespace, this.#namespaces.get(namespace)) &&
      picksAddress(selection, address);
    return isPicked ? elementsOf(selection, address, pod) : [];
  }
}

/** Where both are equally old the uid decides, so that the order in which they came does not. */
function outlives({ metadata: a }: PodObject, { metadata: b }: PodObject): boolean {
  const [aLeaves, bLeaves] = [a, b].map(({ deletionTimestamp }) => deletionTimestamp !== undefined);
  if (aLeaves !== bLeaves) return bLeaves === true;
  const [aSince = '', bSince = ''] = [a.creationTimestamp, b.creationTimestamp];
  return aSince === bSince ? (a.uid ?? '') > (b.uid ?? '') : aSince > bSince;
}
