/** NetworkPolicy v1 for IPv4: https://kubernetes.io/docs/concepts/services-networking/network-policies/ */

import { parseRange } from '../cidr.ts';
import { nodeFabric, type Tunnel } from '../fabric.ts';
import { contentHash } from '../hash.ts';
import { lasting, memoized } from '../memo.ts';
import type { NetworkPolicyObject } from '../objects.ts';
import type { PodIndex, Subject } from '../pod-index.ts';
import { indexPods } from '../pods.ts';
import { elementsOf, type Selection } from '../selection.ts';
import { selects } from '../selectors.ts';
import type { Snapshot } from '../types.ts';
import type { Elements } from '../versioned.ts';
import { type CompiledPolicy, type CompiledRule, compilePolicy, type NamedPort } from './compile.ts';
import { throughTunnel } from './tunnel.ts';
import type { AllowRule, Direction, PolicyClass, PolicyState } from './types.ts';

export type { AllowRule, Direction, PolicyClass, PolicyState } from './types.ts';

/** The policies of a namespace. They are compiled when somebody asks: most have no Pods on this node. */
type PoliciesOf = (namespace: string) => CompiledPolicy[];

/** Which class judges each isolated address, and what each class allows: all of a state but who is in its sets. */
interface Judged extends Pick<PolicyState, 'ingress' | 'egress' | 'classes'> {
  /** Policies whose rules are in some class. */
  used: Set<CompiledPolicy>;
  /** Sets that the rules of classes name. */
  named: Set<string>;
  /** Those of them that have the named ports of the judged Pods themselves. */
  ownPorts: Map<string, Elements>;
}

interface Past {
  subjects: Subject[];
  policiesOf: PoliciesOf;
  judged: Judged;
  state: PolicyState;
}

/** The last answer of each index: most changes of Pods concern no policy, and others a set or two. */
const past = new WeakMap<PodIndex, Past>();

/**
 * Compiles the policies of a snapshot for the Pods attached to its node: which class judges each isolated address, what
 * each class allows, and who is in the sets that its rules name. Only sets in use are filled. What has not changed
 * since the last time is given again, the very same objects.
 */
export function policies(snapshot: Snapshot, index: PodIndex = snapshot.index ?? indexPods(snapshot)): PolicyState {
  const { subjects } = index;
  const policiesOf = compiledPolicies(snapshot);
  const last = past.get(index);
  const isSame = last !== undefined && last.subjects === subjects && last.policiesOf === policiesOf;
  const judged = isSame ? last.judged : judge(subjects, policiesOf, index);
  const next = withSets(judged, index);
  index.keepOnly((name) => next.selectors.has(name) || next.namedPorts.has(name));
  const state = isSame && hasSameSets(last.state, next) ? last.state : next;
  past.set(index, { subjects, policiesOf, judged, state });
  return state;
}

/** The same for any Pods: what `explain` asks for. */
export function policiesFor(subjects: Subject[], snapshot: Snapshot, index: PodIndex): PolicyState {
  return withSets(judge(subjects, compiledPolicies(snapshot), index), index);
}

const noPeers: Tunnel['peers'] = [];
const compiledPolicies = (snapshot: Snapshot): PoliciesOf =>
  seenBy(snapshot.networkPolicies, nodeFabric(snapshot).tunnel?.peers ?? noPeers);

/** What policies say when nodes are seen through their tunnel, remembered for as long as the peers are the same. */
const throughPeers = lasting((peers: Tunnel['peers']) => memoized(throughTunnel(peers)));

const seenBy = lasting((all: NetworkPolicyObject[], peers: Tunnel['peers']): PoliciesOf => {
  const byNamespace = Map.groupBy(all, ({ metadata }) => metadata.namespace ?? '');
  const seen = throughPeers(peers);
  const compiled = new Map<string, CompiledPolicy[]>();
  return (namespace) => {
    const known = compiled.get(namespace);
    if (known !== undefined) return known;
    const policies = (byNamespace.get(namespace) ?? []).map((policy) => seen(compilePolicy(policy)));
    compiled.set(namespace, policies);
    return policies;
  };
});

function judge(subjects: Subject[], policiesOf: PoliciesOf, index: PodIndex): Judged {
  const [ingress, egress] = [new Map<string, string>(), new Map<string, string>()];
  const classes: PolicyState['classes'] = new Map();
  const used = new Set<CompiledPolicy>();
  for (const subject of subjects) {
    const candidates = policiesOf(subject.namespace);
    for (const direction of ['ingress', 'egress'] as const) {
      const chosen = isolating(subject, candidates, direction);
      if (chosen.length === 0) continue;
      const known = subject.pod !== undefined;
      const name = className(direction, chosen, known);
      if (!classes.has(name)) classes.set(name, makeClass(name, direction, chosen, known));
      (direction === 'ingress' ? ingress : egress).set(subject.address, name);
      if (known) for (const policy of chosen) used.add(policy);
    }
  }
  const rules = [...classes.values()].flatMap((one) => one.rules);
  const named = new Set(rules.flatMap(({ peer, namedPort }) => [peer ?? [], namedPort ?? []].flat()));
  return { ingress, egress, classes, used, named, ownPorts: ownPorts(used, subjects, index) };
}

/** The named ports of the judged Pods themselves, by set. */
function ownPorts(used: Set<CompiledPolicy>, subjects: Subject[], index: PodIndex): Map<string, Elements> {
  const pods = subjects.flatMap(({ address }) => {
    const pod = index.at(address);
    return pod === undefined ? [] : [{ address, pod }];
  });
  const ports = [...used].flatMap(({ rules }) => (rules.ingress ?? []).flatMap(({ ports }) => ports?.named ?? []));
  return new Map(
    ports.map((port) => {
      const elements = pods.flatMap(({ address, pod }) => elementsOf({ port }, address, pod));
      return [port.set, new Set(elements)];
    }),
  );
}

/**
 * The policies that isolate a Pod in one direction. A Pod that the API has not told of yet (or not any more) could be
 * any Pod of its namespace: policies that isolate others there isolate it, and what they allow waits until it is known
 * (https://kubernetes.io/docs/concepts/services-networking/network-policies/#pod-lifecycle).
 */
function isolating(subject: Subject, policies: CompiledPolicy[], direction: Direction): CompiledPolicy[] {
  const { pod } = subject;
  return policies.filter(
    ({ rules, selector }) => rules[direction] !== undefined && (pod === undefined || selects(selector, pod.labels)),
  );
}

const prefix: Record<Direction, string> = { ingress: 'in', egress: 'out' };

/** Names a class by all that it allows and for whom. */
function className(direction: Direction, policies: CompiledPolicy[], known: boolean): string {
  const content = policies.map(({ name, signature }) => `${name} ${signature}`).toSorted();
  return `${prefix[direction]}-${contentHash(`${known} ${content.join()}`)}`;
}

/** Policies add up: a class allows what any of its policies allows. */
function makeClass(name: string, direction: Direction, policies: CompiledPolicy[], known: boolean): PolicyClass {
  const sorted = policies.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const rules = known
    ? sorted.flatMap((policy) =>
        (policy.rules[direction] ?? []).flatMap((rule) => expand(policy.name, direction, rule)),
      )
    : [];
  return { name, direction, policies: sorted.map((policy) => policy.name), rules };
}

/** One API rule allows any of its peers on any of its ports: each pair is a rule here. */
function expand(policy: string, direction: Direction, { index, peers, ports }: CompiledRule): AllowRule[] {
  return sidesOf(peers).flatMap((side): AllowRule[] => {
    const rule = { policy, index, ...(side.set !== undefined && { peer: side.set }) };
    if (ports === undefined) return [rule];
    return [
      ...(ports.ranges.length > 0 ? [{ ...rule, ports: ports.ranges }] : []),
      ...ports.named.map((port) => ({ ...rule, namedPort: portSet(direction, port, side) })),
    ];
  });
}

/** One peer of a rule, or no set: every peer. */
type Side = { set?: undefined } | NonNullable<CompiledRule['peers']>['selectors' | 'cidrs'][number];

const sidesOf = (peers: CompiledRule['peers']): Side[] =>
  peers === undefined ? [{}] : [...peers.selectors, ...peers.cidrs];

/** A named port is the destination's: the judged Pod's own for ingress, for egress the peer's. */
const portSet = (direction: Direction, port: NamedPort, side: Side): string =>
  direction === 'ingress' ? port.set : `port-${contentHash(`${port.set} ${side.set ?? ''}`)}`;

/** Fills the sets that the rules of classes name. */
function withSets({ ingress, egress, classes, used, named, ownPorts }: Judged, index: PodIndex): PolicyState {
  const selectors = new Map<string, Elements>();
  const cidrs = new Map<string, string[]>();
  const namedPorts = new Map([...ownPorts].filter(([set]) => named.has(set)));
  for (const { rules } of used) {
    for (const { peers } of [...(rules.ingress ?? []), ...(rules.egress ?? [])]) {
      for (const peer of peers?.selectors ?? []) {
        if (named.has(peer.set)) selectors.set(peer.set, index.select(peer.set, { peer }));
      }
      for (const { set, ranges } of peers?.cidrs ?? []) if (named.has(set)) cidrs.set(set, ranges);
    }
    for (const { peers, ports } of rules.egress ?? []) {
      for (const port of ports?.named ?? []) {
        for (const side of sidesOf(peers)) {
          const set = portSet('egress', port, side);
          if (named.has(set)) namedPorts.set(set, index.select(set, portsAt(side, port)));
        }
      }
    }
  }
  return { ingress, egress, classes, selectors, cidrs, namedPorts };
}

function portsAt(side: Side, port: NamedPort): Selection {
  if (side.set === undefined) return { port };
  if (!('ranges' in side)) return { peer: side, port };
  return { ranges: side.ranges.map(parseRange).filter((range) => range !== undefined), port };
}

/** Of two states with the same classes. */
function hasSameSets(a: PolicyState, b: PolicyState): boolean {
  return (['selectors', 'namedPorts'] as const).every((kind) =>
    b[kind].entries().every(([set, elements]) => a[kind].get(set) === elements),
  );
}
