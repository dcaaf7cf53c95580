import type { Balancer, Frontend, ServiceEntry } from '../../../model/services/index.ts';
import { arrange, type Ids, mark } from '../ids.ts';
import { chainName } from './service-chains.ts';

/** The elements of one Service, by the set or map they belong to. */
export interface ServiceElements {
  clusterIPs: string[];
  otherAddresses: string[];
  frontends: [string, string][];
  nodePorts: [string, string][];
  forPods: [string, string][];
  forNode: [string, string][];
  balancers: [string, string][];
  slots: [string, string][];
  targets: [string, string][];
  /** The chains they need. */
  kinds: [count: number, affinity: number | undefined][];
  /** Ids of endpoints of connectionless protocols: their flows may stay. */
  flows: number[];
  /** Where new flows of such protocols find an endpoint. No address: the node's own. */
  open: Frontend[];
  /** Addresses and ports with affinity. */
  sticky: string[];
}

/** Which endpoint stands in which place, from one rendering to the next. */
export type Slots = Map<string, number[]>;

// joined, not put together: a text that is put together keeps its parts, and these are kept by the ten thousand
const frontendKey = ({ address, protocol, port }: Frontend) =>
  (address === '' ? [protocol.toLowerCase(), port] : [address, protocol.toLowerCase(), port]).join(' . ');

export function serviceElements(entry: ServiceEntry, ids: Ids, slots: Slots): ServiceElements {
  const withShortcut = new Set(entry.shortcuts.map(({ balancer }) => balancer));
  const id = (key: string) => mark(ids.balancer(key, withShortcut.has(key)));
  const byKey = new Map(entry.balancers.map((balancer) => [balancer.key, balancer]));
  const all = [...entry.frontends, ...entry.nodePorts];
  const pointer = (frontend: Frontend): [string, string] => [frontendKey(frontend), id(frontend.balancer)];
  const elements: ServiceElements = {
    clusterIPs: entry.clusterIPs,
    otherAddresses: entry.frontends.map(({ address }) => address).filter((ip) => !entry.clusterIPs.includes(ip)),
    frontends: entry.frontends.map(pointer),
    nodePorts: entry.nodePorts.map(pointer),
    forPods: entry.shortcuts.map(({ balancer, pods }) => [id(balancer), id(pods)]),
    forNode: entry.shortcuts.map(({ balancer, node }) => [id(balancer), id(node)]),
    balancers: [],
    slots: [],
    targets: [],
    kinds: [],
    flows: [],
    open: all.filter(({ balancer }) => {
      const found = byKey.get(balancer);
      return found?.forgetFlows === true && found.endpoints.length > 0;
    }),
    sticky: all.filter(({ balancer }) => byKey.get(balancer)?.affinity !== undefined).map(frontendKey),
  };
  for (const balancer of entry.balancers) addBalancer(elements, balancer, id(balancer.key), ids, slots);
  return exact(elements);
}

/** A list that was built up has room for more, and there are thousands of them: copies are exactly as long as they are. */
const exact = (elements: ServiceElements): ServiceElements => ({
  clusterIPs: exactly(elements.clusterIPs),
  otherAddresses: exactly(elements.otherAddresses),
  frontends: exactly(elements.frontends),
  nodePorts: exactly(elements.nodePorts),
  forPods: exactly(elements.forPods),
  forNode: exactly(elements.forNode),
  balancers: exactly(elements.balancers),
  slots: exactly(elements.slots),
  targets: exactly(elements.targets),
  kinds: exactly(elements.kinds),
  flows: exactly(elements.flows),
  open: exactly(elements.open),
  sticky: exactly(elements.sticky),
});

/** Most lists are empty, and then all are the same one. */
const nothing: never[] = [];
const exactly = <T>(list: T[]): T[] => (list.length === 0 ? nothing : list.slice());

function addBalancer(elements: ServiceElements, balancer: Balancer, id: string, ids: Ids, slots: Slots): void {
  const { key, endpoints, draining, affinity, whenEmpty, forgetFlows } = balancer;
  const targets = new Map(endpoints.map((endpoint) => [ids.endpoint(balancer, endpoint), endpoint]));
  const places = arrange(slots.get(key) ?? [], [...targets.keys()]);
  slots.set(key, places);
  const count = places.length;
  const verdict = whenEmpty === 'drop' ? 'drop' : 'goto svc-reject';
  elements.balancers.push([id, count === 0 ? verdict : `goto ${chainName(count, affinity)}`]);
  if (count > 0) elements.kinds.push([count, affinity]);
  const marks = new Map(places.map((endpoint) => [endpoint, mark(endpoint)]));
  for (const [place, endpoint] of places.entries())
    elements.slots.push([[id, place].join(' . '), marks.get(endpoint) as string]);
  for (const [endpoint, { address, port }] of targets)
    elements.targets.push([marks.get(endpoint) as string, [address, port].join(' . ')]);
  if (!forgetFlows) return;
  elements.flows.push(...targets.keys(), ...draining.map((endpoint) => ids.endpoint(balancer, endpoint)));
}
