/** The entries of all Services, made anew for those alone that are not what they were. */
import { memoized } from '../memo.ts';
import type { EndpointSliceObject, ServiceObject } from '../objects.ts';
import type { Snapshot } from '../types.ts';
import { serviceEntry } from './entry.ts';
import type { Frontend, ServiceEntry } from './types.ts';

interface Past {
  services: ServiceObject[];
  endpointSlices: EndpointSliceObject[];
  entries: Map<string, ServiceEntry>;
  /** Which Service has an address and port. Undefined: two claimed the same one, and then their order decides. */
  owners: Map<string, string> | undefined;
  /** ClusterIPs, and addresses that some Service has or had besides. */
  addresses: Addresses;
}

/** The last answer for each node of this process. */
const past = new Map<string, Past>();

/** Most changes concern no Service at all: then the very same map is given again; others concern a few of 10,000. */
export function entries(snapshot: Snapshot): Map<string, ServiceEntry> {
  const { node, services, endpointSlices } = snapshot;
  const last = past.get(node);
  const changed = last === undefined ? undefined : changedServices(last, snapshot);
  if (last !== undefined && changed?.size === 0) return last.entries;
  const next = (last && changed && updated(last, changed, snapshot)) ?? all(snapshot);
  past.set(node, { services, endpointSlices, ...next });
  return next.entries;
}

/** Names of the Services that are not what they were, or have other slices. */
function changedServices(last: Past, { services, endpointSlices }: Snapshot): Set<string> {
  const slices = exchanged(last.endpointSlices, endpointSlices).map(serviceOf);
  return new Set([...exchanged(last.services, services).map(nameOf), ...slices.filter((name) => name !== undefined)]);
}

/** Beyond this share of all Services it is quicker to begin anew. */
const FEW = 0.25;

type Entries = Pick<Past, 'entries' | 'owners' | 'addresses'>;

interface Addresses {
  cluster: Set<string>;
  external: Set<string>;
}

/** The last answer with some Services put in anew. Undefined: they get into each other's way, or are too many. */
function updated({ entries, owners, addresses }: Past, changed: Set<string>, snapshot: Snapshot): Entries | undefined {
  if (owners === undefined || changed.size > FEW * snapshot.services.length) return undefined;
  const next = new Map(entries);
  for (const name of changed) {
    for (const frontend of frontendsOf(next.get(name))) owners.delete(frontend);
    next.delete(name);
  }
  const slicesOf = Map.groupBy(
    snapshot.endpointSlices.filter((slice) => changed.has(serviceOf(slice) ?? '')),
    serviceOf,
  );
  for (const service of snapshot.services) {
    const name = nameOf(service);
    if (!changed.has(name)) continue;
    const entry = remembered(service, slicesOf.get(name) ?? [], snapshot.node);
    if (entry === undefined) continue;
    note(addresses, entry);
    if (!addresses.external.isDisjointFrom(addresses.cluster)) return undefined;
    for (const frontend of frontendsOf(entry)) {
      if (owners.has(frontend)) return undefined;
      owners.set(frontend, name);
    }
    next.set(name, entry);
  }
  return { entries: next, owners, addresses };
}

/** Writes down where a Service wants to be reached. */
function note({ cluster, external }: Addresses, { clusterIPs, frontends }: ServiceEntry): void {
  for (const address of clusterIPs) cluster.add(address);
  for (const { address } of frontends) if (!clusterIPs.includes(address)) external.add(address);
}

function all({ node, services, endpointSlices }: Snapshot): Entries {
  const slicesOf = Map.groupBy(endpointSlices, serviceOf);
  const wanted = services.flatMap((service) => remembered(service, slicesOf.get(nameOf(service)) ?? [], node) ?? []);
  const addresses: Addresses = { cluster: new Set(), external: new Set() };
  for (const entry of wanted) note(addresses, entry);
  const owners = new Map<string, string>();
  const result = new Map<string, ServiceEntry>();
  let contested = false;
  for (const entry of wanted) {
    const own = withoutTaken(withoutClusterIPs(entry, addresses.cluster), owners);
    if (own !== entry) contested = true;
    result.set(entry.name, own);
  }
  return { entries: result, owners: contested ? undefined : owners, addresses };
}

/** Objects of either list between what both begin with and what both end with. */
function exchanged<T extends object>(before: T[], now: T[]): T[] {
  const shorter = Math.min(before.length, now.length);
  let first = 0;
  while (first < shorter && before[first] === now[first]) first += 1;
  let last = 0;
  while (last < shorter - first && before.at(-1 - last) === now.at(-1 - last)) last += 1;
  return [...before.slice(first, before.length - last), ...now.slice(first, now.length - last)];
}

const sameObjects = (a: object[], b: object[]) =>
  a.length === b.length && a.every((object, index) => object === b[index]);

const nameOf = ({ metadata }: ServiceObject) => `${metadata.namespace ?? ''}/${metadata.name}`;

/** The Service that a slice belongs to. Made once for each: 10,000 texts are a lot to make for one change. */
const serviceOf = memoized(({ metadata, addressType }: EndpointSliceObject): string | undefined => {
  const service = metadata.labels?.['kubernetes.io/service-name'];
  if (service === undefined || addressType !== 'IPv4') return undefined;
  return [metadata.namespace ?? '', service].join('/');
});

// joined, not put together: a text that is put together keeps its parts, and these are kept by the ten thousand
const frontendKey = ({ address, protocol, port }: Frontend) => [address, protocol, port].join(' ');
const frontendsOf = (entry: ServiceEntry | undefined) =>
  entry === undefined ? [] : [...entry.frontends, ...entry.nodePorts].map(frontendKey);

/**
 * Anybody who may make Services may name any address as an external one (CVE-2020-8554,
 * https://github.com/kubernetes/kubernetes/issues/97076): one that is another Service's ClusterIP stays that one's, on
 * all ports, whichever was there first.
 */
function withoutClusterIPs(entry: ServiceEntry, cluster: Set<string>): ServiceEntry {
  const isOthers = ({ address }: Frontend) => cluster.has(address) && !entry.clusterIPs.includes(address);
  const refused = entry.frontends.filter(isOthers);
  if (refused.length === 0) return entry;
  return { ...entry, frontends: entry.frontends.filter((one) => !isOthers(one)), refused };
}

/** An address and port of two Services is the one's that is listed first: the kernel's map holds one value. */
function withoutTaken(entry: ServiceEntry, owners: Map<string, string>): ServiceEntry {
  const free = (frontend: Frontend) => {
    const key = frontendKey(frontend);
    if (owners.has(key)) return false;
    owners.set(key, entry.name);
    return true;
  };
  const frontends = entry.frontends.filter(free);
  const nodePorts = entry.nodePorts.filter(free);
  const lost = frontends.length < entry.frontends.length || nodePorts.length < entry.nodePorts.length;
  return lost ? { ...entry, frontends, nodePorts } : entry;
}

interface Memory {
  node: string;
  slices: EndpointSliceObject[];
  entry: ServiceEntry | undefined;
}

/** What was made of a Service object, for the node that asked last. */
const memories = new WeakMap<ServiceObject, Memory>();

/** With 10,000 Services a change concerns one of them: the others' entries are given again, the very same objects. */
function remembered(service: ServiceObject, slices: EndpointSliceObject[], node: string): ServiceEntry | undefined {
  const memory = memories.get(service);
  if (memory?.node === node && sameObjects(memory.slices, slices)) return memory.entry;
  const entry = serviceEntry(service, slices, node);
  // exactly as long as it is: a list that was built up has room for more
  memories.set(service, { node, slices: slices.slice(), entry });
  return entry;
}
