import type { Balancer, Endpoint, Frontend, ServiceEntry } from '../../../model/services/index.ts';
import { arrange, type Ids, mark } from '../ids.ts';
import { chainName, type Kind } from './service-chains.ts';

export type Pairs = [key: string, value: string][];

/** The elements of one Service. */
export interface ServiceElements {
  /** `namespace/name` of the Service. */
  name: string;
  /** What no other Service has, by the set or map that it belongs to. */
  own: {
    'svc-clusterips': Pairs;
    'svc-frontends': Pairs;
    'svc-nodeports': Pairs;
    'svc-for-pods': Pairs;
    'svc-for-node': Pairs;
    'svc-balancers': Pairs;
    'svc-slots': Pairs;
    'svc-targets': Pairs;
    'svc-members': Pairs;
  };
  /** External addresses, for svc-others. */
  otherAddresses: string[];
  /** The chains they need. */
  kinds: Kind[];
  /** Ids of endpoints of connectionless protocols: their flows may stay. */
  flows: number[];
  /** Where new flows of such protocols find an endpoint. No address: the node's own. */
  open: Frontend[];
}

/** Which endpoint stands in which place, from one rendering to the next. */
export type Slots = Map<string, number[]>;

// joined, not put together: a text that is put together keeps its parts, and these are kept by the ten thousand
const frontendKey = ({ address, protocol, port }: Frontend) =>
  (address === '' ? [protocol.toLowerCase(), port] : [address, protocol.toLowerCase(), port]).join(' . ');

/**
 * Equal entries give equal elements while the ids are remembered: they are made anew whenever they are asked for.
 * `nodeAddresses`: where the node's ports are.
 */
export function serviceElements(entry: ServiceEntry, nodeAddresses: string[], ids: Ids, slots: Slots): ServiceElements {
  const { clusterIPs, frontends, nodePorts, balancers, shortcuts } = entry;
  const withShortcut = new Set(shortcuts.map(({ balancer }) => balancer));
  const id = (key: string) => mark(ids.balancer(key, withShortcut.has(key)));
  const pointers = (some: Frontend[]) => some.map((one): [string, string] => [frontendKey(one), id(one.balancer)]);
  const open = balancers.filter(({ forgetFlows, endpoints }) => forgetFlows && endpoints.length > 0);
  const elements: ServiceElements = {
    name: entry.name,
    own: {
      'svc-clusterips': clusterIPs.map((address) => [address, '']),
      'svc-frontends': pointers(frontends),
      'svc-nodeports': pointers(nodePorts),
      'svc-for-pods': shortcuts.map(({ balancer, pods }) => [id(balancer), id(pods)]),
      'svc-for-node': shortcuts.map(({ balancer, node }) => [id(balancer), id(node)]),
      'svc-balancers': [],
      'svc-slots': [],
      'svc-targets': [],
      'svc-members': members(entry, nodeAddresses, ids),
    },
    otherAddresses: frontends.map(({ address }) => address).filter((ip) => !clusterIPs.includes(ip)),
    kinds: [],
    flows: [],
    open: reachedAt(entry, open),
  };
  for (const balancer of balancers) addBalancer(elements, balancer, id(balancer.key), ids, slots);
  return elements;
}

/** Which endpoints affinity may lead to, by where a client comes in. */
function members({ frontends, nodePorts, balancers, shortcuts }: ServiceEntry, nodes: string[], ids: Ids): Pairs {
  const affine = balancers.filter(({ affinity }) => affinity !== undefined);
  if (affine.length === 0) return [];
  const keys = new Set<string>();
  const atNode = nodePorts.flatMap((one) => nodes.map((address) => ({ ...one, address })));
  for (const frontend of [...frontends, ...atNode]) {
    const short = shortcuts.filter(({ balancer }) => balancer === frontend.balancer);
    const behind = new Set([frontend.balancer, ...short.flatMap(({ pods, node }) => [pods, node])]);
    for (const balancer of affine) {
      if (!behind.has(balancer.key)) continue;
      for (const one of balancer.endpoints)
        keys.add([frontendKey(frontend), mark(ids.endpoint(balancer, one))].join(' . '));
    }
  }
  return Array.from(keys, (key) => [key, '']);
}

/** Where some of a Service's balancers are reached. */
function reachedAt({ frontends, nodePorts }: ServiceEntry, balancers: Balancer[]): Frontend[] {
  if (balancers.length === 0) return [];
  const keys = new Set(balancers.map(({ key }) => key));
  return [...frontends, ...nodePorts].filter(({ balancer }) => keys.has(balancer));
}

function addBalancer(elements: ServiceElements, balancer: Balancer, id: string, ids: Ids, slots: Slots): void {
  const { own, kinds, flows } = elements;
  const { key, endpoints, draining, affinity, whenEmpty, forgetFlows } = balancer;
  const targets = new Map(endpoints.map((endpoint) => [ids.endpoint(balancer, endpoint), endpoint]));
  const places = arrange(slots.get(key) ?? [], [...targets.keys()]);
  slots.set(key, places);
  const kind: Kind = [places.length, affinity];
  const verdict = whenEmpty === 'drop' ? 'drop' : 'goto svc-reject';
  own['svc-balancers'].push([id, places.length === 0 ? verdict : `goto ${chainName(kind)}`]);
  if (places.length > 0) kinds.push(kind);
  for (const [place, endpoint] of places.entries()) {
    const { address, port } = targets.get(endpoint) as Endpoint;
    const text = mark(endpoint);
    own['svc-slots'].push([[id, place].join(' . '), text]);
    own['svc-targets'].push([text, [address, port].join(' . ')]);
  }
  if (forgetFlows) flows.push(...targets.keys(), ...draining.map((endpoint) => ids.endpoint(balancer, endpoint)));
}
