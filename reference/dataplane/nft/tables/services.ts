/**
 * Table netvet-services: address and port -> balancer -> endpoint -> address, by maps. There is a chain per number of endpoints,
 * never one per Service, so that 10,000 Services load in a fraction of a second and a change is a handful of elements.
 */
import type { ServiceEntry, ServiceState } from '../../../model/services/index.ts';
import { Ids } from '../ids.ts';
import type { SetState, TableState } from '../state.ts';
import { serviceChains } from './service-chains.ts';
import { type ServiceElements, type Slots, serviceElements } from './service-elements.ts';

/** What connection tracking has to know of connectionless flows through Services. */
export interface Flows {
  /** Ids of the endpoints whose flows may stay. */
  endpoints: Set<number>;
  /** `address port`: where new flows find an endpoint. */
  open: Set<string>;
}

export interface RenderedServices {
  table: TableState;
  flows: Flows;
  /** An address and port with affinity has gone from one Service to another: what was learned is not true any more. */
  forgetAffinity: boolean;
}

const definitions = {
  'svc-addresses': ['map', 'type ipv4_addr : verdict;'],
  'svc-clusterips': ['set', 'type ipv4_addr;'],
  'svc-nodes': ['set', 'type ipv4_addr;'],
  'svc-frontends': ['map', 'type ipv4_addr . inet_proto . inet_service : mark;'],
  'svc-nodeports': ['map', 'type inet_proto . inet_service : mark;'],
  'svc-for-pods': ['map', 'type mark : mark;'],
  'svc-for-node': ['map', 'type mark : mark;'],
  'svc-balancers': ['map', 'type mark : verdict;'],
  // nft 1.0.6 takes a key with numgen only by `typeof`, and an address with a port as data only by `type`: hence two steps.
  'svc-slots': ['map', 'typeof ct mark . numgen random mod 2 : ct mark;'],
  'svc-targets': ['map', 'type mark : ipv4_addr . inet_service;'],
  'svc-hairpin': ['set', 'type ipv4_addr . ipv4_addr;'],
} as const;

type SetName = keyof typeof definitions;

const affinity: SetState = {
  kind: 'map',
  // When it is full, `update` ends its own rule and not the packet: the client goes without.
  definition:
    'type ipv4_addr . ipv4_addr . inet_proto . inet_service : mark; flags dynamic,timeout; timeout 3h; size 65536;',
  elements: new Map(),
};

/** Beyond so many more identities than are in use, those of what has gone are forgotten. */
const REMEMBERED = 200_000;

/** Identities and places live as long as this does. */
export class ServicesRenderer {
  readonly #ids = new Ids();
  readonly #slots: Slots = new Map();
  readonly #rendered = new WeakMap<ServiceEntry, ServiceElements>();
  readonly #stickyOwners = new Map<string, string>();
  #last: { state: ServiceState; result: RenderedServices } | undefined;

  render(state: ServiceState): RenderedServices {
    const last = this.#last;
    const result =
      last !== undefined && sameEntries(last.state, state)
        ? this.#sameServices(state, last.result)
        : this.#renderAll(state);
    this.#last = { state, result };
    return result;
  }

  #sameServices(state: ServiceState, last: RenderedServices): RenderedServices {
    const sets = new Map(last.table.sets).set('svc-hairpin', hairpin(state));
    return { ...last, table: { ...last.table, sets }, forgetAffinity: false };
  }

  #renderAll(state: ServiceState): RenderedServices {
    const maps = {} as Record<SetName, Map<string, string>>;
    for (const name of Object.keys(definitions) as SetName[]) maps[name] = new Map();
    const put = (name: SetName, pairs: [string, string][]) => {
      for (const [key, value] of pairs) maps[name].set(key, value);
    };
    const kinds = new Map<string, [number, number | undefined]>();
    const flows: Flows = { endpoints: new Set(), open: new Set() };
    let forgetAffinity = false;
    for (const address of state.nodeAddresses) {
      maps['svc-addresses'].set(address, 'goto svc-other');
      maps['svc-nodes'].set(address, '');
    }
    for (const entry of state.entries.values()) {
      const elements = this.#elements(entry);
      put('svc-frontends', elements.frontends);
      put('svc-nodeports', elements.nodePorts);
      put('svc-for-pods', elements.forPods);
      put('svc-for-node', elements.forNode);
      put('svc-balancers', elements.balancers);
      put('svc-slots', elements.slots);
      put('svc-targets', elements.targets);
      for (const address of elements.otherAddresses) {
        if (!maps['svc-clusterips'].has(address)) maps['svc-addresses'].set(address, 'goto svc-other');
      }
      for (const address of elements.clusterIPs) {
        maps['svc-clusterips'].set(address, '');
        maps['svc-addresses'].set(address, 'goto svc-cluster');
      }
      for (const kind of elements.kinds) kinds.set(kind.join(), kind);
      for (const id of elements.flows) flows.endpoints.add(id);
      for (const { address, port } of elements.open) {
        for (const at of address === '' ? state.nodeAddresses : [address]) flows.open.add(`${at} ${port}`);
      }
      if (this.#takesOver(entry.name, elements.sticky)) forgetAffinity = true;
    }
    if (this.#ids.size > REMEMBERED + 2 * maps['svc-targets'].size) this.#forgetGone(state, maps['svc-targets'], flows);
    const sets = new Map<string, SetState>();
    for (const [name, [kind, definition]] of Object.entries(definitions) as [
      SetName,
      readonly ['map' | 'set', string],
    ][]) {
      sets.set(name, { kind, definition, elements: maps[name] });
    }
    sets.set('svc-hairpin', hairpin(state));
    const chains = serviceChains(state, kinds.values());
    const learned = new Map([['svc-affinity', affinity]]);
    return { table: { name: 'netvet-services', sets, chains, learned }, flows, forgetAffinity };
  }

  #elements(entry: ServiceEntry): ServiceElements {
    let elements = this.#rendered.get(entry);
    if (elements === undefined) {
      elements = serviceElements(entry, this.#ids, this.#slots);
      this.#rendered.set(entry, elements);
    }
    return elements;
  }

  #takesOver(service: string, sticky: string[]): boolean {
    const others = sticky.filter((frontend) => (this.#stickyOwners.get(frontend) ?? service) !== service);
    for (const frontend of sticky) this.#stickyOwners.set(frontend, service);
    return others.length > 0;
  }

  #forgetGone({ entries }: ServiceState, targets: Map<string, string>, flows: Flows): void {
    const balancers = new Set([...entries.values()].flatMap((entry) => entry.balancers.map(({ key }) => key)));
    this.#ids.forgetAllBut(balancers, new Set([...targets.keys()].map(Number).concat(...flows.endpoints)));
    for (const key of this.#slots.keys()) if (!balancers.has(key)) this.#slots.delete(key);
  }
}

function hairpin({ hairpin: pods }: ServiceState): SetState {
  return {
    kind: 'set',
    definition: definitions['svc-hairpin'][1],
    elements: new Set(pods.map((ip) => `${ip} . ${ip}`)),
  };
}

/** Whether only what changes with every Pod has changed. */
function sameEntries(a: ServiceState, b: ServiceState): boolean {
  if (a.entries.size !== b.entries.size || a.nodeAddresses.join() !== b.nodeAddresses.join()) return false;
  if (a.localPods.join() !== b.localPods.join() || a.clusterPods.join() !== b.clusterPods.join()) return false;
  if (a.entries === b.entries) return true;
  for (const [name, entry] of a.entries) if (b.entries.get(name) !== entry) return false;
  return true;
}
