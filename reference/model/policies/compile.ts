/** One NetworkPolicy, understood: defaults filled in, peers and ports in the form in which they are matched. */
import { formatRange, merge, parseCIDR, parseCIDRs, type Range, subtract } from '../cidr.ts';
import { contentHash } from '../hash.ts';
import { memoized } from '../memo.ts';
import type { LabelSelector, NetworkPolicyObject, PolicyPeerObject, PolicyPortObject, Protocol } from '../objects.ts';
import { canonicalSelector } from '../selectors.ts';
import type { Direction, PortRange } from './types.ts';

/** A port that each destination Pod resolves for itself, by name and protocol. */
export interface NamedPort {
  /** `port-` and a hash of name and protocol: of the judged Pods' own. */
  set: string;
  name: string;
  protocol: Protocol;
}

interface Ports {
  /** Disjoint, sorted. */
  ranges: PortRange[];
  named: NamedPort[];
}

/** Pods by labels, in one namespace or in those that a selector picks. */
interface SelectorPeer {
  /** `sel-` and a hash of what it selects. */
  set: string;
  namespace: string | LabelSelector;
  pods: LabelSelector;
}

/** Addresses of ipBlocks, `except` already taken out of each. */
export interface CIDRPeer {
  /** `cidr-` and a hash of the ranges. */
  set: string;
  ranges: string[];
}

export interface CompiledRule {
  index: number;
  /** Absent: every peer. Empty: none (all of another address family). */
  peers?: { selectors: SelectorPeer[]; cidrs: CIDRPeer[] };
  ports?: Ports;
}

export interface CompiledPolicy {
  /** `namespace/name` */
  name: string;
  namespace: string;
  selector: LabelSelector;
  /** A direction that is absent is not isolated by this policy. */
  rules: { [direction in Direction]?: CompiledRule[] };
  /** Equal for policies that say the same. */
  signature: string;
}

/**
 * Reads a policy as https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/ defines it.
 * `policyTypes` absent or empty means Ingress, and Egress too if there is an egress rule (an empty list is none). A
 * rule list that is absent or empty allows nothing; `from`, `to` and `ports` that are absent or empty allow all.
 */
export const compilePolicy = memoized(({ metadata, spec = {} }: NetworkPolicyObject): CompiledPolicy => {
  const namespace = metadata.namespace ?? '';
  const ingress = (spec.ingress ?? []).map(({ from, ports }, index) => compileRule(namespace, index, from, ports));
  const egress = (spec.egress ?? []).map(({ to, ports }, index) => compileRule(namespace, index, to, ports));
  const types = spec.policyTypes ?? [];
  const rules: CompiledPolicy['rules'] = {};
  if (types.length === 0 || types.includes('Ingress')) rules.ingress = ingress;
  if (types.length === 0 ? egress.length > 0 : types.includes('Egress')) rules.egress = egress;
  return {
    name: `${namespace}/${metadata.name}`,
    namespace,
    selector: spec.podSelector ?? {},
    rules,
    signature: signatureOf(rules),
  };
});

export const signatureOf = (rules: CompiledPolicy['rules']): string => contentHash(JSON.stringify(rules));

function compileRule(
  namespace: string,
  index: number,
  peers: PolicyPeerObject[] | null | undefined,
  ports: PolicyPortObject[] | null | undefined,
): CompiledRule {
  const rule: CompiledRule = { index };
  if (peers?.length) rule.peers = compilePeers(namespace, peers);
  if (ports?.length) rule.ports = compilePorts(ports);
  return rule;
}

/**
 * The ipBlocks of one rule become one set: each minus its own `except` first, then all together, for another block may
 * allow again what one excepts. Doing it the other way round is a known bug:
 * https://github.com/cloudnativelabs/kube-router/pull/2064
 */
function compilePeers(namespace: string, peers: PolicyPeerObject[]): CompiledRule['peers'] {
  const selectors = new Map<string, SelectorPeer>();
  const blocks = [];
  for (const { ipBlock, namespaceSelector, podSelector } of peers) {
    if (ipBlock) {
      const block = parseCIDR(ipBlock.cidr);
      if (block !== undefined) blocks.push(...subtract([block], parseCIDRs(ipBlock.except ?? [])));
    } else if (namespaceSelector || podSelector) {
      const peer = selectorPeer(namespaceSelector ?? namespace, podSelector ?? {});
      selectors.set(peer.set, peer);
    }
  }
  return { selectors: [...selectors.values()], cidrs: cidrPeers(blocks) };
}

/** The one peer of all these ranges; none for none. */
export function cidrPeers(blocks: Iterable<Range>): CIDRPeer[] {
  const ranges = merge(blocks).map(formatRange);
  return ranges.length === 0 ? [] : [{ set: `cidr-${contentHash(ranges.join())}`, ranges }];
}

function selectorPeer(namespace: string | LabelSelector, pods: LabelSelector): SelectorPeer {
  const scope = typeof namespace === 'string' ? namespace : canonicalSelector(namespace);
  return { set: `sel-${contentHash(`${scope} ${canonicalSelector(pods)}`)}`, namespace, pods };
}

const isPort = (port: number) => Number.isInteger(port) && port >= 0 && port <= 65535;

/**
 * The `ports` of a rule. The protocol is TCP unless given; no port means every port of that protocol; `endPort` makes a
 * range of a number
 * (https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-range-of-ports). What the API
 * server would refuse allows nothing.
 */
function compilePorts(ports: PolicyPortObject[]): Ports {
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
  // the kernel refuses overlapping ranges in a concatenation, and auto-merge does not help there
  const byProtocol = [...Map.groupBy(ranges, ({ protocol }) => protocol)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const merged = byProtocol.flatMap(([protocol, some]) =>
    merge(some.map(({ first, last }) => [first, last])).map(([first, last]) => ({ protocol, first, last })),
  );
  return { ranges: merged, named: [...named.values()] };
}
