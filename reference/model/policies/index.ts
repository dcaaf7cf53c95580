/**
 * networking.k8s.io/v1 NetworkPolicy, for IPv4.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */

import type { Labels, NamespaceObject } from '../objects.ts';
import { indexPods, type PodIndex, type Subject } from '../pods.ts';
import { selects } from '../selectors.ts';
import type { Snapshot } from '../types.ts';
import { className, isolating, makeClass } from './classes.ts';
import { type CompiledPolicy, compilePolicy, type SelectorPeer } from './compile.ts';
import type { NamedPort } from './ports.ts';
import type { Direction, NamedPortTarget, PolicyClass, PolicyState } from './types.ts';

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
  const byNamespace = Map.groupBy(snapshot.networkPolicies.map(compilePolicy), ({ namespace }) => namespace);
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
      const name = isolate(state.classes, direction, chosen, subject.pod !== undefined);
      state[direction].set(subject.address, name);
      if (subject.pod !== undefined) for (const policy of chosen) used.add(policy);
    }
  }
  fillSets(state, used, snapshot, index);
  return state;
}

function isolate(
  classes: Map<string, PolicyClass>,
  direction: Direction,
  policies: CompiledPolicy[],
  known: boolean,
): string {
  const name = className(direction, policies, known);
  if (!classes.has(name)) classes.set(name, makeClass(name, direction, policies, known));
  return name;
}

/** Fills the sets that the rules of classes name. */
function fillSets(state: PolicyState, used: Set<CompiledPolicy>, snapshot: Snapshot, index: PodIndex): void {
  const named = new Set<string>();
  for (const { rules } of state.classes.values()) {
    for (const { peer, namedPort } of rules) named.add(peer ?? '').add(namedPort ?? '');
  }
  const namespaces = namespaceLabels(snapshot.namespaces);
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

/**
 * The API server gives every namespace its name as a label;
 * https://kubernetes.io/docs/reference/labels-annotations-taints/
 */
const nameLabel = (name: string): Labels => ({ 'kubernetes.io/metadata.name': name });

function namespaceLabels(namespaces: NamespaceObject[]): NamespaceLabels {
  return new Map(namespaces.map(({ metadata: { name, labels } }) => [name, { ...nameLabel(name), ...labels }]));
}

function members({ namespace, pods }: SelectorPeer, known: NamespaceLabels, { groups }: PodIndex): Set<string> {
  if (typeof namespace === 'string') return groups.select(pods, namespace);
  return groups.select(pods, (name) => selects(namespace, known.get(name) ?? nameLabel(name)));
}

function targets({ name, protocol }: NamedPort, index: PodIndex): NamedPortTarget[] {
  const found: NamedPortTarget[] = [];
  for (const [address, { namedPorts }] of index.byAddress) {
    for (const port of namedPorts) {
      if (port.name === name && port.protocol === protocol) found.push({ address, protocol, port: port.port });
    }
  }
  return found;
}
