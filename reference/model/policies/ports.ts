import { contentHash } from '../hash.ts';
import type { PolicyPortObject, Protocol } from '../objects.ts';
import type { PortRange } from './types.ts';

/** A port that each destination Pod resolves for itself, by name and protocol. */
export interface NamedPort {
  /** `port-` and a hash of name and protocol. */
  set: string;
  name: string;
  protocol: Protocol;
}

export interface Ports {
  /** Disjoint, sorted. */
  ranges: PortRange[];
  named: NamedPort[];
}

const isPort = (port: number) => Number.isInteger(port) && port >= 0 && port <= 65535;

/**
 * The `ports` of a rule. The protocol is TCP unless given; no port means every port of that protocol; `endPort` makes a
 * range of a number
 * (https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-range-of-ports). What the API
 * server would refuse allows nothing.
 */
export function compilePorts(ports: PolicyPortObject[]): Ports {
  const ranges: PortRange[] = [];
  const named = new Map<string, NamedPort>();
  for (const { port, endPort, protocol: given } of ports) {
    const protocol = given ?? 'TCP';
    if (!['TCP', 'UDP', 'SCTP'].includes(protocol)) continue;
    if (typeof port === 'string') {
      const set = `port-${contentHash(`${protocol} ${port}`)}`;
      named.set(set, { set, name: port, protocol });
    } else if (port === undefined || port === null) {
      ranges.push({ protocol, first: 0, last: 65535 });
    } else {
      const last = endPort ?? port;
      if (isPort(port) && isPort(last) && port <= last) ranges.push({ protocol, first: port, last });
    }
  }
  return { ranges: mergePorts(ranges), named: [...named.values()] };
}

/** The kernel refuses overlapping ranges in a concatenation, and auto-merge does not help there. */
function mergePorts(ranges: PortRange[]): PortRange[] {
  const merged: PortRange[] = [];
  const order = (a: PortRange, b: PortRange) =>
    a.protocol === b.protocol ? a.first - b.first : a.protocol < b.protocol ? -1 : 1;
  for (const range of ranges.toSorted(order)) {
    const previous = merged.at(-1);
    if (previous?.protocol === range.protocol && range.first <= previous.last + 1) {
      previous.last = Math.max(previous.last, range.last);
    } else merged.push({ ...range });
  }
  return merged;
}
