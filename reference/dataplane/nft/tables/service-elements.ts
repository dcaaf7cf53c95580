import type { Balancer, Endpoint, Frontend, ServiceEntry } from '../../../model/services/index.ts';
import { arrange, type Ids, mark } from '../ids.ts';
import { chainName } from './service-chains.ts';

/** The elements of one Service, by the set or map they belong to. */
export interface ServiceElements {
  /** `namespace/name` of the Service. */
  name: string;
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

/** Equal entries give equal elements, for as long as the ids are remembered: they are made again whenever they are asked for. */
export function serviceElements(entry: ServiceEntry, ids: Ids, slots: Slots): ServiceElements {
  const { clusterIPs, frontends, nodePorts, balancers, shortcuts } = entry;
  const withShortcut = new Set(shortcuts.map(({ balancer }) => balancer));
  const id = (key: string) => mark(ids.balancer(key, withShortcut.has(key)));
  const pointer = (frontend: Frontend): [string, string] => [frontendKey(frontend), id(frontend.balancer)];
  const open = balancers.filter(({ forgetFlows, endpoints }) => forgetFlows && endpoints.length > 0);
  const affine = balancers.filter(({ affinity }) => affinity !== undefined);
  const elements: ServiceElements = {
    name: entry.name,
    clusterIPs,
    otherAddresses: frontends.map(({ address }) => address).filter((ip) => !clusterIPs.includes(ip)),
    frontends: frontends.map(pointer),
    nodePorts: nodePorts.map(pointer),
    forPods: shortcuts.map(({ balancer, pods }) => [id(balancer), id(pods)]),
    forNode: shortcuts.map(({ balancer, node }) => [id(balancer), id(node)]),
    balancers: [],
    slots: [],
    targets: [],
    kinds: [],
    flows: [],
    open: reachedAt(entry, open),
    sticky: reachedAt(entry, affine).map(frontendKey),
  };
  for (const balancer of balancers) addBalancer(elements, balancer, id(balancer.key), ids, slots);
  return elements;
}

/** Where some of a Service's balancers are reached. */
function reachedAt({ frontends, nodePorts }: ServiceEntry, balancers: Balancer[]): Frontend[] {
  if (balancers.length === 0) return [];
  const keys = new Set(balancers.map(({ key }) => key));
  return [...frontends, ...nodePorts].filter(({ balancer }) => keys.has(balancer));
}

function addBalancer(elements: ServiceElements, balancer: Balancer, id: string, ids: Ids, slots: Slots): void {
  const { key, endpoints, draining, affinity, whenEmpty, forgetFlows } = balancer;
  const targets = new Map(endpoints.map((endpoint) => [ids.endpoint(balancer, endpoint), endpoint]));
  const places = arrange(slots.get(key) ?? [], [...targets.keys()]);
  slots.set(key, places);
  const count = places.length;
  const verdict = whenEmpty === 'drop' ? 'drop' : 'goto svc-reject';
  elements.balancers.push([id, count === 0 ? verdict : `goto ${chainName(count, affinity)}`]);
  if (count > 0) elements.kinds.push([count, affinity]);
  for (const [place, endpoint] of places.entries()) {
    const { address, port } = targets.get(endpoint) as Endpoint;
    const text = mark(endpoint);
    elements.slots.push([[id, place].join(' . '), text]);
    elements.targets.push([text, [address, port].join(' . ')]);
  }
  if (!forgetFlows) return;
  elements.flows.push(...targets.keys(), ...draining.map((endpoint) => ids.endpoint(balancer, endpoint)));
}
