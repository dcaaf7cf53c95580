/**
 * Services of type ClusterIP, NodePort and LoadBalancer: https://kubernetes.io/docs/reference/networking/virtual-ips/
 *
 * Left out: topology hints (all endpoints are equal), node ports on localhost and on other addresses than the primary one (as
 * kube-proxy's nftables mode does), load balancers' source ranges (the load balancer's own work), IPv6.
 */
import { formatRange, merge, parseCIDRs } from '../cidr.ts';
import { clusterRanges, nodeAddress, podCIDRs } from '../nodes.ts';
import type { EndpointSliceObject, ServiceObject } from '../objects.ts';
import type { Snapshot } from '../types.ts';
import { serviceEntry } from './entry.ts';
import type { Frontend, ServiceEntry, ServiceState } from './types.ts';

export type { Balancer, Endpoint, Frontend, ServiceEntry, ServiceState } from './types.ts';

export function services(snapshot: Snapshot): ServiceState {
  const own = snapshot.nodes.find(({ metadata }) => metadata.name === snapshot.node);
  const address = own === undefined ? undefined : nodeAddress(own);
  return {
    entries: sameAsBefore(snapshot) ?? entries(snapshot),
    // kube-proxy's nftables mode serves node ports on the primary address alone:
    // https://kubernetes.io/docs/reference/networking/virtual-ips/#migrating-from-iptables-mode-to-nftables
    nodeAddresses: address === undefined ? [] : [address],
    hairpin: snapshot.attachments.map(({ ip }) => ip),
    localPods: merge(own === undefined ? [] : parseCIDRs(podCIDRs(own))).map(formatRange),
    clusterPods: clusterRanges(snapshot).map(formatRange),
  };
}

interface Past {
  services: ServiceObject[];
  endpointSlices: EndpointSliceObject[];
  entries: Map<string, ServiceEntry>;
}

/** The last answer for each node of this process. */
const past = new Map<string, Past>();

const sameObjects = (a: object[], b: object[]) =>
  a.length === b.length && a.every((object, index) => object === b[index]);

/** Most changes concern no Service at all: then the very same map is given again. */
function sameAsBefore({ node, services, endpointSlices }: Snapshot): Map<string, ServiceEntry> | undefined {
  const last = past.get(node);
  if (last === undefined) return undefined;
  const same = sameObjects(last.services, services) && sameObjects(last.endpointSlices, endpointSlices);
  return same ? last.entries : undefined;
}

function entries(snapshot: Snapshot): Map<string, ServiceEntry> {
  const slicesOf = slicesByService(snapshot.endpointSlices);
  const taken = new Set<string>();
  const result = new Map<string, ServiceEntry>();
  for (const service of snapshot.services) {
    const { name, namespace = '' } = service.metadata;
    const entry = remembered(service, slicesOf.get(`${namespace}/${name}`) ?? [], snapshot.node);
    if (entry !== undefined) result.set(entry.name, withoutTaken(entry, taken));
  }
  const { node, services, endpointSlices } = snapshot;
  past.set(node, { services, endpointSlices, entries: result });
  return result;
}

function slicesByService(slices: EndpointSliceObject[]): Map<string, EndpointSliceObject[]> {
  const byService = new Map<string, EndpointSliceObject[]>();
  for (const slice of slices) {
    const { namespace = '', labels } = slice.metadata;
    const service = labels?.['kubernetes.io/service-name'];
    if (service === undefined || slice.addressType !== 'IPv4') continue;
    const key = `${namespace}/${service}`;
    const list = byService.get(key);
    if (list === undefined) byService.set(key, [slice]);
    else list.push(slice);
  }
  return byService;
}

/** An address and port that two Services claim stays with the one that is listed first: the kernel's map holds one value. */
function withoutTaken(entry: ServiceEntry, taken: Set<string>): ServiceEntry {
  let lost = false;
  const free = ({ address, protocol, port }: Frontend) => {
    const key = `${address} ${protocol} ${port}`;
    if (taken.has(key)) {
      lost = true;
      return false;
    }
    taken.add(key);
    return true;
  };
  const frontends = entry.frontends.filter(free);
  const nodePorts = entry.nodePorts.filter(free);
  return lost ? { ...entry, frontends, nodePorts } : entry;
}

interface Memory {
  slices: EndpointSliceObject[];
  entry: ServiceEntry | undefined;
}

/** What was made of a Service object, for each node of this process. */
const memories = new WeakMap<ServiceObject, Map<string, Memory>>();

/** With 10,000 Services a change concerns one of them: the others' entries are given again, the very same objects. */
function remembered(service: ServiceObject, slices: EndpointSliceObject[], node: string): ServiceEntry | undefined {
  let byNode = memories.get(service);
  if (byNode === undefined) memories.set(service, (byNode = new Map<string, Memory>()));
  const memory = byNode.get(node);
  if (memory !== undefined && sameObjects(memory.slices, slices)) return memory.entry;
  const entry = serviceEntry(service, slices, node);
  byNode.set(node, { slices, entry });
  return entry;
}
