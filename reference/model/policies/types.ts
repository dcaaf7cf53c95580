import type { Protocol } from '../objects.ts';
import type { Elements } from '../versioned.ts';

export type Direction = 'ingress' | 'egress';

export interface PortRange {
  protocol: Protocol;
  first: number;
  last: number;
}

/** One thing that a class allows. Peer and ports must both match. */
export interface AllowRule {
  /** `namespace/name` of the policy and the index in its `ingress` or `egress` list. */
  policy: string;
  index: number;
  /** Name of a selector set or of a CIDR set. Absent: every peer. */
  peer?: string;
  /** Disjoint. Absent: every port of every protocol. */
  ports?: PortRange[];
  /** Name of a named-port set; instead of `ports`. */
  namedPort?: string;
}

/** Pods that are treated alike in one direction. No rule matches: denied. */
export interface PolicyClass {
  /** Says what it is by its content: equal classes have equal names on every node and at every time. */
  name: string;
  direction: Direction;
  /** `namespace/name` of each policy, sorted. */
  policies: string[];
  rules: AllowRule[];
}

/** Pods of this node are judged by the class that `ingress` or `egress` has for their address; others by none. */
export interface PolicyState {
  ingress: Map<string, string>;
  egress: Map<string, string>;
  classes: Map<string, PolicyClass>;
  /** Selector set -> addresses of the Pods it matches. */
  selectors: Map<string, Elements>;
  /** CIDR set -> disjoint, sorted ranges, `first-last`. Never changes under its name. */
  cidrs: Map<string, string[]>;
  /** Named-port set -> `address . protocol . port` of destination Pods, those alone that its rules can mean. */
  namedPorts: Map<string, Elements>;
}
