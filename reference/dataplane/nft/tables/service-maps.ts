import type { ServiceState } from '../../../model/services/index.ts';
import type { SetState } from '../state.ts';
import type { Kind } from './service-chains.ts';
import type { Pairs, ServiceElements } from './service-elements.ts';

const set = (definition: string, about: string) => ({ kind: 'set', definition, about }) as const;
const map = (definition: string, about: string) => ({ kind: 'map', definition, about }) as const;
const local = 'balancer with externalTrafficPolicy Local -> that for';

const definitions = {
  'svc-clusterips': set('type ipv4_addr;', 'ClusterIPs: each answers for all of its ports'),
  'svc-others': set('type ipv4_addr;', 'other addresses with Services: external ones and the node'),
  'svc-nodes': set('type ipv4_addr;', 'the address of this node, where node ports are'),
  'svc-frontends': map('type ipv4_addr . inet_proto . inet_service : mark;', 'address, protocol and port -> balancer'),
  'svc-nodeports': map('type inet_proto . inet_service : mark;', 'node port -> balancer'),
  'svc-for-pods': map('type mark : mark;', `${local} Pods of this node`),
  'svc-for-node': map('type mark : mark;', `${local} the node itself`),
  'svc-balancers': map('type mark : verdict;', 'balancer -> chain for its number of endpoints'),
  // nft 1.0.6 takes a key with numgen only by `typeof`, and an address with a port as data only by `type`: hence two
  // steps.
  'svc-slots': map('typeof ct mark . numgen random mod 2 : ct mark;', 'balancer and place -> endpoint'),
  'svc-targets': map('type mark : ipv4_addr . inet_service;', 'endpoint -> its address and port'),
  'svc-members': set(
    'type ipv4_addr . inet_proto . inet_service . mark;',
    'address, protocol and port, and the endpoints that affinity may lead to',
  ),
};

type SetName = keyof typeof definitions;

/** What there was before a change and what there is after it. Undefined: nothing. */
export interface Change<T> {
  before: T | undefined;
  after: T | undefined;
}

const entriesOf = (own: ServiceElements['own']) => Object.entries(own) as [SetName, Pairs][];

/**
 * The maps of all Services, to be changed in place: with 10,000 Services they have 70,000 elements, and a change
 * concerns a handful. What is in the kernel is not asked; see SetState.changes.
 */
export class ServiceMaps {
  readonly #maps: Record<SetName, Map<string, string>>;
  readonly #kinds = new Map<string, { kind: Kind; users: number }>();
  /** ClusterIPs that several Services claim. */
  readonly #contested = new Set<string>();
  /** How many frontends each of svc-others has. */
  readonly #others = new Map<string, number>();
  sets: Map<string, SetState>;

  constructor({ nodeAddresses }: Pick<ServiceState, 'nodeAddresses'>) {
    const names = Object.keys(definitions) as SetName[];
    this.#maps = Object.fromEntries(names.map((name) => [name, new Map()])) as Record<SetName, Map<string, string>>;
    this.sets = new Map(names.map((name) => [name, { ...definitions[name], elements: this.#maps[name] }]));
    for (const address of nodeAddresses) {
      this.#useOther(address, 1);
      this.#maps['svc-nodes'].set(address, '');
    }
  }

  /** Puts a Service in, before the sets are asked for. An address that two have belongs to both. */
  add(elements: ServiceElements): void {
    for (const [address] of elements.own['svc-clusterips']) {
      // whoever goes first must not take it from the other
      if (this.#maps['svc-clusterips'].has(address)) this.#contested.add(address);
    }
    for (const [name, pairs] of entriesOf(elements.own)) {
      for (const [key, value] of pairs) this.#maps[name].set(key, value);
    }
    this.#count(elements, 1);
  }

  /** Counts, up or down, what several Services may have. */
  #count({ otherAddresses, kinds }: ServiceElements, by: 1 | -1): void {
    for (const address of otherAddresses) this.#useOther(address, by);
    for (const kind of kinds) {
      const known = this.#kinds.get(kind.join()) ?? { kind, users: 0 };
      known.users += by;
      this.#kinds.set(kind.join(), known);
    }
  }

  #useOther(address: string, frontends: number): void {
    const left = (this.#others.get(address) ?? 0) + frontends;
    this.#others.set(address, left);
    if (left > 0) this.#maps['svc-others'].set(address, '');
    else if (this.#others.delete(address)) this.#maps['svc-others'].delete(address);
  }

  get kinds(): Kind[] {
    return [...this.#kinds.values()].filter(({ users }) => users > 0).map(({ kind }) => kind);
  }

  get targets(): ReadonlyMap<string, string> {
    return this.#maps['svc-targets'];
  }

  /** Puts Services in the place of others. False: nothing was changed, because others may have what they have. */
  exchange(exchanges: Change<ServiceElements>[]): boolean {
    const before = exchanges.flatMap((one) => one.before ?? []);
    const after = exchanges.flatMap((one) => one.after ?? []);
    const all = [...before, ...after];
    if (all.some(({ own }) => own['svc-clusterips'].some(([address]) => this.#contested.has(address)))) return false;
    const [gone, come] = [pairsOf(before), pairsOf(after)];
    for (const [name, pairs] of come) {
      const free = new Set(gone.get(name)?.map(([key]) => key));
      if (pairs.some(([key]) => this.#maps[name].has(key) && !free.has(key))) return false;
      if (new Set(pairs.map(([key]) => key)).size < pairs.length) return false;
    }
    const changes = new Map<SetName, Map<string, string | undefined>>();
    const note = (name: SetName, key: string) => {
      let keys = changes.get(name);
      if (keys === undefined) changes.set(name, (keys = new Map()));
      if (!keys.has(key)) keys.set(key, this.#maps[name].get(key));
    };
    for (const pairs of [gone, come]) for (const [name, some] of pairs) for (const [key] of some) note(name, key);
    for (const address of all.flatMap(({ otherAddresses }) => otherAddresses)) note('svc-others', address);
    for (const [name, pairs] of gone) for (const [key] of pairs) this.#maps[name].delete(key);
    for (const [name, pairs] of come) for (const [key, value] of pairs) this.#maps[name].set(key, value);
    for (const elements of before) this.#count(elements, -1);
    for (const elements of after) this.#count(elements, 1);
    this.sets = new Map(this.sets);
    for (const [name, were] of changes) {
      const from = this.sets.get(name) as SetState;
      this.sets.set(name, { ...from, changes: { from, were } });
    }
    return true;
  }
}

/** All that belongs to one Service alone, of several. */
function pairsOf(several: ServiceElements[]): Map<SetName, Pairs> {
  const pairs = new Map<SetName, Pairs>();
  for (const [name, some] of several.flatMap(({ own }) => entriesOf(own))) {
    pairs.set(name, [...(pairs.get(name) ?? []), ...some]);
  }
  return pairs;
}
