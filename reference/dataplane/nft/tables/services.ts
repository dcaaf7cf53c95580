/**
 * Table netvet-services: address and port -> balancer -> endpoint -> address, by maps. There is a chain per number of endpoints,
 * never one per Service, so that 10,000 Services load in a fraction of a second and a change is a handful of elements.
 */
import type { ServiceEntry, ServiceState } from '../../../model/services/index.ts';
import { Ids } from '../ids.ts';
import type { SetState, TableState } from '../state.ts';
import { serviceChains } from './service-chains.ts';
import { type ServiceElements, type Slots, serviceElements } from './service-elements.ts';
import { ServiceMaps } from './service-maps.ts';

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

const hairpinDefinition = 'type ipv4_addr . ipv4_addr;';

const affinity: SetState = {
  kind: 'map',
  // When it is full, `update` ends its own rule and not the packet: the client goes without.
  definition:
    'type ipv4_addr . ipv4_addr . inet_proto . inet_service : mark; flags dynamic,timeout; timeout 3h; size 65536;',
  elements: new Map(),
};

/** Identities that may be remembered beside those in use. */
const REMEMBERED = 200_000;

/** Beyond this share of all Services it is quicker to begin anew. */
const FEW = 0.25;

/** Identities and places live as long as this does. */
export class ServicesRenderer {
  readonly #ids = new Ids();
  readonly #slots: Slots = new Map();
  readonly #rendered = new WeakMap<ServiceEntry, ServiceElements>();
  readonly #stickyOwners = new Map<string, string>();
  #last: { state: ServiceState; maps: ServiceMaps; result: RenderedServices } | undefined;

  render(state: ServiceState): RenderedServices {
    const last = this.#last;
    const changed =
      last === undefined || !sameAround(last.state, state) ? undefined : changedEntries(last.state, state);
    if (last !== undefined && changed !== undefined && this.#exchange(last.maps, changed)) {
      const result = { table: this.#table(state, last.maps), flows: last.result.flows, forgetAffinity: false };
      this.#last = { state, maps: last.maps, result };
      return result;
    }
    return this.#renderAll(state);
  }

  /** False: all has to be rendered anew. */
  #exchange(maps: ServiceMaps, changed: Changed[]): boolean {
    if (changed.length === 0) return true;
    const elements = (entry: ServiceEntry | undefined) => (entry === undefined ? undefined : this.#elements(entry));
    const exchanges = changed.map(({ before, after }) => ({ before: elements(before), after: elements(after) }));
    return this.#ids.size <= rememberedIds(maps) && maps.exchange(exchanges);
  }

  #renderAll(state: ServiceState): RenderedServices {
    const all = Array.from(state.entries.values(), (entry) => this.#elements(entry));
    const maps = new ServiceMaps(state, all);
    const flows: Flows = { endpoints: new Set(), open: new Set() };
    for (const elements of all) {
      for (const id of elements.flows) flows.endpoints.add(id);
      for (const { address, port } of elements.open) {
        for (const at of address === '' ? state.nodeAddresses : [address]) flows.open.add(`${at} ${port}`);
      }
    }
    const takenOver = Array.from(state.entries.values(), (entry) => this.#takesOver(entry));
    const forgetAffinity = takenOver.includes(true);
    if (this.#ids.size > rememberedIds(maps)) this.#forgetGone(state, maps, flows);
    const result = { table: this.#table(state, maps), flows, forgetAffinity };
    this.#last = { state, maps, result };
    return result;
  }

  #table(state: ServiceState, maps: ServiceMaps): TableState {
    const sets = new Map(maps.sets).set('svc-hairpin', hairpin(state));
    const chains = serviceChains(state, maps.kinds);
    return { name: 'netvet-services', sets, chains, learned: new Map([['svc-affinity', affinity]]) };
  }

  #elements(entry: ServiceEntry): ServiceElements {
    let elements = this.#rendered.get(entry);
    if (elements === undefined) {
      elements = serviceElements(entry, this.#ids, this.#slots);
      this.#rendered.set(entry, elements);
    }
    return elements;
  }

  #takesOver(entry: ServiceEntry): boolean {
    const { sticky } = this.#elements(entry);
    const others = sticky.filter((frontend) => (this.#stickyOwners.get(frontend) ?? entry.name) !== entry.name);
    for (const frontend of sticky) this.#stickyOwners.set(frontend, entry.name);
    return others.length > 0;
  }

  #forgetGone({ entries }: ServiceState, { targets }: ServiceMaps, flows: Flows): void {
    const balancers = new Set([...entries.values()].flatMap((entry) => entry.balancers.map(({ key }) => key)));
    this.#ids.forgetAllBut(balancers, new Set([...targets.keys()].map(Number).concat(...flows.endpoints)));
    for (const key of this.#slots.keys()) if (!balancers.has(key)) this.#slots.delete(key);
  }
}

/** Beyond so many more identities than are in use, those of what has gone are forgotten. */
const rememberedIds = ({ targets }: ServiceMaps) => REMEMBERED + 2 * targets.size;

function hairpin({ hairpin: pods }: ServiceState): SetState {
  return { kind: 'set', definition: hairpinDefinition, elements: new Set(pods.map((ip) => `${ip} . ${ip}`)) };
}

/** Whether only Services and what changes with every Pod may have changed. */
function sameAround(a: ServiceState, b: ServiceState): boolean {
  return (
    a.nodeAddresses.join() === b.nodeAddresses.join() &&
    a.localPods.join() === b.localPods.join() &&
    a.clusterPods.join() === b.clusterPods.join()
  );
}

interface Changed {
  before: ServiceEntry | undefined;
  after: ServiceEntry | undefined;
}

/** Undefined: too many. */
function changedEntries(a: ServiceState, b: ServiceState): Changed[] | undefined {
  if (a.entries === b.entries) return [];
  const changed: Changed[] = [];
  for (const [name, after] of b.entries) {
    const before = a.entries.get(name);
    if (before !== after) changed.push({ before, after });
  }
  if (changed.length > FEW * b.entries.size) return undefined;
  // nothing has gone if all others are in both
  const kept = b.entries.size - changed.filter(({ before }) => before === undefined).length;
  if (kept < a.entries.size) {
    for (const [name, before] of a.entries) if (!b.entries.has(name)) changed.push({ before, after: undefined });
  }
  return changed;
}
