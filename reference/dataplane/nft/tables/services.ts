/**
 * Table netvet-services: address and port -> balancer -> endpoint -> address, by maps. There is a chain per number of
 * endpoints, never one per Service, so that 10,000 Services load in a fraction of a second and changes are small.
 */
import type { ServiceEntry, ServiceState } from '../../../model/services/index.ts';
import { Ids } from '../ids.ts';
import type { SetState, TableState } from '../state.ts';
import { serviceChains } from './service-chains.ts';
import { type ServiceElements, type Slots, serviceElements } from './service-elements.ts';
import { type Change, ServiceMaps } from './service-maps.ts';

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
}

const affinity: SetState = {
  kind: 'map',
  // When it is full, `update` ends its own rule and not the packet: the client goes without.
  definition:
    'type ipv4_addr . ipv4_addr . inet_proto . inet_service : mark; flags dynamic,timeout; timeout 3h; size 65536;',
  elements: new Map(),
  about: 'client, and address, protocol and port -> its endpoint',
};

/** Identities that may be remembered beside those in use. */
const REMEMBERED = 200_000;

/** Beyond this share of all Services it is quicker to begin anew. */
const FEW = 0.25;

interface Last {
  state: ServiceState;
  maps: ServiceMaps;
  result: RenderedServices;
}

/** Identities and places live as long as this does. */
export class ServicesRenderer {
  readonly #ids = new Ids();
  readonly #slots: Slots = new Map();
  #last: Last | undefined;

  render(state: ServiceState): RenderedServices {
    const last = this.#last;
    if (last?.state === state) return last.result;
    const changed = last && sameAround(last.state, state) ? changedEntries(last.state, state) : undefined;
    return (last && changed && this.#renderChanges(last, changed, state)) ?? this.#renderAll(state);
  }

  /** Undefined: all has to be rendered anew. */
  #renderChanges(
    { maps, result: last }: Last,
    changed: Change<ServiceEntry>[],
    state: ServiceState,
  ): RenderedServices | undefined {
    const elements = (entry: ServiceEntry | undefined) =>
      entry && serviceElements(entry, state.nodeAddresses, this.#ids, this.#slots);
    // the former one first: its endpoints stand where it left them
    const exchanges = changed.map(({ before, after }) => ({ before: elements(before), after: elements(after) }));
    if (this.#ids.size > rememberedIds(maps) || !maps.exchange(exchanges)) return undefined;
    const flows = { endpoints: new Set(last.flows.endpoints), open: new Set(last.flows.open) };
    for (const { before } of exchanges) if (before !== undefined) note(flows, before, state, 'delete');
    for (const { after } of exchanges) if (after !== undefined) note(flows, after, state, 'add');
    return this.#remember(state, maps, flows);
  }

  #renderAll(state: ServiceState): RenderedServices {
    const maps = new ServiceMaps(state);
    const flows: Flows = { endpoints: new Set(), open: new Set() };
    // one after the other: all elements at once would be the most memory that the agent ever takes
    for (const entry of state.entries.values()) {
      const elements = serviceElements(entry, state.nodeAddresses, this.#ids, this.#slots);
      maps.add(elements);
      note(flows, elements, state, 'add');
    }
    const result = this.#remember(state, maps, flows);
    if (this.#ids.size > rememberedIds(maps)) this.#forgetGone(state, maps, flows);
    return result;
  }

  /** What was rendered, to begin from the next time. */
  #remember(state: ServiceState, maps: ServiceMaps, flows: Flows): RenderedServices {
    const sets = new Map(maps.sets).set('svc-hairpin', hairpin(state));
    const chains = serviceChains(state, maps.kinds);
    const table = { name: 'netvet-services', sets, chains, learned: new Map([['svc-affinity', affinity]]) };
    this.#last = { state, maps, result: { table, flows } };
    return this.#last.result;
  }

  /** An endpoint that had made way for one that is forgotten may get another id: so the next rendering is of all. */
  #forgetGone({ entries }: ServiceState, { targets }: ServiceMaps, flows: Flows): void {
    const balancers = new Set([...entries.values()].flatMap((entry) => entry.balancers.map(({ key }) => key)));
    this.#ids.forgetAllBut(balancers, new Set([...targets.keys()].map(Number).concat(...flows.endpoints)));
    for (const key of this.#slots.keys()) if (!balancers.has(key)) this.#slots.delete(key);
    this.#last = undefined;
  }
}

/** Writes down that a Service is there, or not any more. */
function note(flows: Flows, elements: ServiceElements, { nodeAddresses }: ServiceState, what: 'add' | 'delete'): void {
  for (const id of elements.flows) flows.endpoints[what](id);
  for (const { address, port } of elements.open) {
    for (const at of address === '' ? nodeAddresses : [address]) flows.open[what](`${at} ${port}`);
  }
}

/** Beyond so many more identities than are in use, those of what has gone are forgotten. */
const rememberedIds = ({ targets }: ServiceMaps) => REMEMBERED + 2 * targets.size;

const hairpin = ({ hairpin: pods }: ServiceState): SetState => ({
  kind: 'set',
  definition: 'type ipv4_addr . ipv4_addr;',
  about: 'Pods of this node that reach themselves',
  elements: new Set(pods.map((ip) => `${ip} . ${ip}`)),
});

/** Whether only Services and what changes with every Pod may have changed. */
const sameAround = (a: ServiceState, b: ServiceState): boolean =>
  (['nodeAddresses', 'localPods', 'clusterPods'] as const).every((key) => a[key].join() === b[key].join());

/** Undefined: too many. */
function changedEntries(a: ServiceState, b: ServiceState): Change<ServiceEntry>[] | undefined {
  if (a.entries === b.entries) return [];
  const changed: Change<ServiceEntry>[] = [];
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
