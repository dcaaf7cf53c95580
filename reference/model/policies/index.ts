/** NetworkPolicy v1 for IPv4: https://kubernetes.io/docs/concepts/services-networking/network-policies/ */

import { fabric } from '../fabric.ts';
import { contentHash } from '../hash.ts';
import type { Labels } from '../objects.ts';
import { indexPods, type PodIndex, type Subject } from '../pods.ts';
import { selects } from '../selectors.ts';
import type { Snapshot } from '../types.ts';
import { type CompiledPolicy, type CompiledRule, compilePolicy, type NamedPort, type SelectorPeer } from './compile.ts';
import { throughTunnel } from './tunnel.ts';
import type { AllowRule, Direction, NamedPortTarget, PolicyClass, PolicyState } from './types.ts';

export type { AllowRule, Direction, PolicyClass, PolicyState } from './types.ts';

/**
 * Compiles the policies of a snapshot for the Pods attached to its node: which class judges each isolated address, what
 * each class allows, and who is in the sets that its rules name. Only sets in use are filled.
 */
export function policies(snapshot: Snapshot, index: PodIndex = indexPods(snapshot)): PolicyState {
  return policiesFor(index.subjects, snapshot, index);
}

/** The same for any Pods: what `explain` asks for. */
export function policiesFor(subjects: Subject[], snapshot: Snapshot, index: PodIndex): PolicyState {
  const seen = throughTunnel(fabric(snapshot).tunnel?.peers ?? []);
  const compiled = snapshot.networkPolicies.map((policy) => seen(compilePolicy(policy)));
  const byNamespace = Map.groupBy(compiled, ({ namespace }) => namespace);
  const state: PolicyState = {
    ingress: new Map(),
    egress: new Map(),
    classes: new Map(),
    selectors: new Map(),
    cidrs: new Map(),
    namedPorts: new Map(),
  };
  const used = new Set<CompiledPolicy>();
  for (const subject of subjects) {
    const candidates = byNamespace.get(subject.namespace);
    if (candidates === undefined) continue;
    for (const direction of ['ingress', 'egress'] as const) {
      const chosen = isolating(subject, candidates, direction);
      if (chosen.length === 0) continue;
      const known = subject.pod !== undefined;
      const name = className(direction, chosen, known);
      if (!state.classes.has(name)) state.classes.set(name, makeClass(name, direction, chosen, known));
      state[direction].set(subject.address, name);
      if (known) for (const policy of chosen) used.add(policy);
    }
  }
  fillSets(state, used, snapshot, index);
  return state;
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
    ? sorted.flatMap((policy) => (policy.rules[direction] ?? []).flatMap((rule) => expand(policy.name, rule)))
    : [];
  return { name, direction, policies: sorted.map((policy) => policy.name), rules };
}

/** One API rule allows any of its peers on any of its ports: each pair is a rule here. */
function expand(policy: string, { index, peers, ports }: CompiledRule): AllowRule[] {
  const sides: Pick<AllowRule, 'peer'>[] =
    peers === undefined ? [{}] : [...peers.selectors, ...peers.cidrs].map(({ set }) => ({ peer: set }));
  const services: Pick<AllowRule, 'ports' | 'namedPort'>[] = [];
  if (ports === undefined) services.push({});
  if (ports !== undefined && ports.ranges.length > 0) services.push({ ports: ports.ranges });
  for (const { set } of ports?.named ?? []) services.push({ namedPort: set });
  return sides.flatMap((side) => services.map((service) => ({ policy, index, ...side, ...service })));
}

/** Fills the sets that the rules of classes name. */
function fillSets(state: PolicyState, used: Set<CompiledPolicy>, snapshot: Snapshot, index: PodIndex): void {
  const named = new Set<string>();
  for (const { rules } of state.classes.values()) {
    for (const { peer, namedPort } of rules) named.add(peer ?? '').add(namedPort ?? '');
  }
  const namespaces: NamespaceLabels = new Map(
    snapshot.namespaces.map(({ metadata: { name, labels } }) => [name, { ...nameLabel(name), ...labels }]),
  );
  for (const { rules } of used) {
    for (const { peers, ports } of [...(rules.ingress ?? []), ...(rules.egress ?? [])]) {
      for (const peer of peers?.selectors ?? []) {
        if (named.has(peer.set) && !state.selectors.has(peer.set)) {
          state.selectors.set(peer.set, members(peer, namespaces, index));
        }
      }
      for (const { set, ranges } of peers?.cidrs ?? []) if (named.has(set)) state.cidrs.set(set, ranges);
      for (const port of ports?.named ?? []) {
        if (named.has(port.set) && !state.namedPorts.has(port.set))
          state.namedPorts.set(port.set, targets(port, index));
      }
    }
  }
}

type NamespaceLabels = Map<string, Labels>;

/** Every namespace has its name as a label: https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const nameLabel = (name: string): Labels => ({ 'kubernetes.io/metadata.name': name });

function members({ namespace, pods }: SelectorPeer, known: NamespaceLabels, { groups }: PodIndex): Set<string> {
  if (typeof namespace === 'string') return groups.select(pods, namespace);
  return groups.select(pods, (name) => selects(namespace, known.get(name) ?? nameLabel(name)));
}

function targets({ name, protocol }: NamedPort, index: PodIndex): NamedPortTarget[] {
  return [...index.byAddress].flatMap(([address, { namedPorts }]) =>
    namedPorts
      .filter((port) => port.name === name && port.protocol === protocol)
      .map(({ port }) => ({ address, protocol, port })),
  );
}
