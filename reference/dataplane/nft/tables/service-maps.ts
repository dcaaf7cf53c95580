import type { ServiceState } from '../../../model/services/index.ts';
import type { SetState } from '../state.ts';
import type { ServiceElements } from './service-elements.ts';

const definitions = {
  'svc-clusterips': ['set', 'type ipv4_addr;'],
  'svc-others': ['set', 'type ipv4_addr;'],
  'svc-nodes': ['set', 'type ipv4_addr;'],
  'svc-frontends': ['map', 'type ipv4_addr . inet_proto . inet_service : mark;'],
  'svc-nodeports': ['map', 'type inet_proto . inet_service : mark;'],
  'svc-for-pods': ['map', 'type mark : mark;'],
  'svc-for-node': ['map', 'type mark : mark;'],
  'svc-balancers': ['map', 'type mark : verdict;'],
  // nft 1.0.6 takes a key with numgen only by `typeof`, and an address with a port as data only by `type`: hence two steps.
  'svc-slots': ['map', 'typeof ct mark . numgen random mod 2 : ct mark;'],
  'svc-targets': ['map', 'type mark : ipv4_addr . inet_service;'],
} as const;

type SetName = keyof typeof definitions;
type Pairs = [key: string, value: string][];

/** Number of endpoints and affinity timeout: what a balancer's chain is made of. */
export type Kind = [count: number, affinity: number | undefined];

/** A Service's elements before and after a change. */
export interface Exchange {
  before: ServiceElements | undefined;
  after: ServiceElements | undefined;
}

/**
 * The maps of all Services, to be changed in place: with 10,000 Services they have 70,000 elements, and a change concerns a handful.
 * What is in the kernel is not asked; see SetState.changes.
 */
export class ServiceMaps {
  readonly #maps: Record<SetName, Map<string, string>>;
  readonly #kinds = new Map<string, { kind: Kind; users: number }>();
  /** ClusterIPs that several Services claim. */
  readonly #contested = new Set<string>();
  /** How many frontends each of svc-others has. */
  readonly #others = new Map<string, number>();
  #sets = new Map<string, SetState>();

  constructor({ nodeAddresses }: Pick<ServiceState, 'nodeAddresses'>) {
    this.#maps = {} as Record<SetName, Map<string, string>>;
    for (const name of Object.keys(definitions) as SetName[]) this.#maps[name] = new Map();
    for (const address of nodeAddresses) {
      this.#useOther(address, 1);
      this.#maps['svc-nodes'].set(address, '');
    }
    for (const [name, [kind, definition]] of Object.entries(definitions) as [
      SetName,
      readonly ['map' | 'set', string],
    ][]) {
      this.#sets.set(name, { kind, definition, elements: this.#maps[name] });
    }
  }

  /** Puts a Service in, before the sets are asked for. An address that two have belongs to both. */
  add(elements: ServiceElements): void {
    for (const [name, pairs] of Object.entries(simple(elements)) as [SetName, Pairs][]) {
      for (const [key, value] of pairs) this.#maps[name].set(key, value);
    }
    for (const address of elements.otherAddresses) this.#useOther(address, 1);
    for (const address of elements.clusterIPs) {
      // whoever goes first must not take it from the other
      if (this.#maps['svc-clusterips'].has(address)) this.#contested.add(address);
      this.#maps['svc-clusterips'].set(address, '');
    }
    for (const kind of elements.kinds) this.#use(kind, 1);
  }

  #use(kind: Kind, users: number): void {
    const known = this.#kinds.get(kind.join()) ?? { kind, users: 0 };
    known.users += users;
    this.#kinds.set(kind.join(), known);
  }

  #useOther(address: string, frontends: number): void {
    const left = (this.#others.get(address) ?? 0) + frontends;
    this.#others.set(address, left);
    if (left > 0) this.#maps['svc-others'].set(address, '');
    else if (this.#others.delete(address)) this.#maps['svc-others'].delete(address);
  }

  get sets(): Map<string, SetState> {
    return this.#sets;
  }

  get kinds(): Kind[] {
    return [...this.#kinds.values()].filter(({ users }) => users > 0).map(({ kind }) => kind);
  }

  get targets(): ReadonlyMap<string, string> {
    return this.#maps['svc-targets'];
  }

  /** Puts Services in the place of others. False: nothing was changed, because what they have may be others' as well. */
  exchange(exchanges: Exchange[]): boolean {
    const changes = new Map<SetName, Map<string, string | undefined>>();
    const all = exchanges.flatMap(({ before, after }) => [before ?? [], after ?? []].flat());
    if (all.some(({ clusterIPs }) => clusterIPs.some((address) => this.#contested.has(address)))) return false;
    const gone = pairsOf(exchanges.map(({ before }) => before));
    const come = pairsOf(exchanges.map(({ after }) => after));
    for (const [name, pairs] of come) {
      const free = new Set(gone.get(name)?.map(([key]) => key));
      if (pairs.some(([key]) => this.#maps[name].has(key) && !free.has(key))) return false;
      if (new Set(pairs.map(([key]) => key)).size < pairs.length) return false;
    }
    const note = (name: SetName, key: string) => {
      let keys = changes.get(name);
      if (keys === undefined) changes.set(name, (keys = new Map()));
      if (!keys.has(key)) keys.set(key, this.#maps[name].get(key));
    };
    for (const [name, pairs] of gone) {
      for (const [key] of pairs) {
        note(name, key);
        this.#maps[name].delete(key);
      }
    }
    for (const [name, pairs] of come) {
      for (const [key, value] of pairs) {
        note(name, key);
        this.#maps[name].set(key, value);
      }
    }
    for (const address of all.flatMap(({ otherAddresses }) => otherAddresses)) note('svc-others', address);
    for (const { before, after } of exchanges) {
      for (const address of before?.otherAddresses ?? []) this.#useOther(address, -1);
      for (const address of after?.otherAddresses ?? []) this.#useOther(address, 1);
      for (const kind of before?.kinds ?? []) this.#use(kind, -1);
      for (const kind of after?.kinds ?? []) this.#use(kind, 1);
    }
    this.#sets = new Map(this.#sets);
    for (const [name, were] of changes) {
      const from = this.#sets.get(name) as SetState;
      this.#sets.set(name, { ...from, changes: { from, were } });
    }
    return true;
  }
}

const simple = (elements: ServiceElements) => ({
  'svc-frontends': elements.frontends,
  'svc-nodeports': elements.nodePorts,
  'svc-for-pods': elements.forPods,
  'svc-for-node': elements.forNode,
  'svc-balancers': elements.balancers,
  'svc-slots': elements.slots,
  'svc-targets': elements.targets,
});

/** All keys and values but those of svc-others. */
function pairsOf(several: (ServiceElements | undefined)[]): Map<SetName, Pairs> {
  const pairs = new Map<SetName, Pairs>();
  for (const elements of several) {
    if (elements === undefined) continue;
    const { clusterIPs } = elements;
    const all = {
      ...simple(elements),
      'svc-clusterips': clusterIPs.map((address): [string, string] => [address, '']),
    };
    for (const [name, some] of Object.entries(all) as [SetName, Pairs][])
      pairs.set(name, [...(pairs.get(name) ?? []), ...some]);
  }
  return pairs;
}
