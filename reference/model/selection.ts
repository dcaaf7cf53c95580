/** Sets of addresses that follow from labels, names and ports of Pods. */
import { contains, parseAddress, type Range } from './cidr.ts';
import type { LabelSelector, Labels, Protocol } from './objects.ts';
import type { PodFacts } from './pod-facts.ts';
import { canonicalSelector, selects } from './selectors.ts';

/** Pods, or ports of Pods. What is absent is no condition. */
export interface Selection {
  /** Pods by labels, in one namespace or in those that a selector picks. */
  peer?: { namespace: string | LabelSelector; pods: LabelSelector } | undefined;
  /** Pods whose addresses lie in one of these. */
  ranges?: Range[] | undefined;
  /** Of each Pod the ports of this name, as `portElement` writes them, and not its address alone. */
  port?: { name: string; protocol: Protocol } | undefined;
}

/** A port of a Pod as an element of a set. */
export const portElement = (address: string, protocol: Protocol, port: number): string =>
  [address, protocol.toLowerCase(), port].join(' . ');

/** What a selection has of one Pod, should it pick the Pod. */
export function elementsOf({ port }: Selection, address: string, { namedPorts }: PodFacts): string[] {
  if (port === undefined) return [address];
  return namedPorts
    .filter(({ name, protocol }) => name === port.name && protocol === port.protocol)
    .map((one) => portElement(address, one.protocol, one.port));
}

/** Of a namespace that is not known yet it cannot be said that it lacks a label. */
const selectsAll = (selector: LabelSelector) => canonicalSelector(selector) === canonicalSelector({});

/** `labels`: of the namespace; undefined while it is not known. */
export function picksNamespace({ peer }: Selection, name: string, labels: Labels | undefined): boolean {
  if (peer === undefined) return true;
  if (typeof peer.namespace === 'string') return peer.namespace === name;
  return labels === undefined ? selectsAll(peer.namespace) : selects(peer.namespace, labels);
}

export const picksLabels = ({ peer }: Selection, labels: Labels): boolean =>
  peer === undefined || selects(peer.pods, labels);

export const picksAddress = ({ ranges }: Selection, address: string): boolean =>
  ranges === undefined || contains(ranges, parseAddress(address) ?? -1);
