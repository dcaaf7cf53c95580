/** One NetworkPolicy, understood: defaults filled in, peers and ports in the form in which they are matched. */
import { formatRange, merge, parseCIDR, parseCIDRs, subtract } from '../cidr.ts';
import { contentHash } from '../hash.ts';
import type { LabelSelector, NetworkPolicyObject, PolicyPeerObject, PolicyPortObject } from '../objects.ts';
import { canonicalSelector } from '../selectors.ts';
import { compilePorts, type Ports } from './ports.ts';
import type { Direction } from './types.ts';

/** Pods by labels, in one namespace or in those that a selector picks. */
export interface SelectorPeer {
  /** `sel-` and a hash of what it selects. */
  set: string;
  namespace: string | LabelSelector;
  pods: LabelSelector;
}

/** Addresses of ipBlocks, `except` already taken out of each. */
interface CIDRPeer {
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

const compiled = new WeakMap<NetworkPolicyObject, CompiledPolicy>();

/**
 * Reads a policy as https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/ defines it.
 * `policyTypes` absent or empty means Ingress, and Egress too if there is an egress rule (an empty list is none). A
 * rule list that is absent or empty allows nothing; `from`, `to` and `ports` that are absent or empty allow all.
 */
export function compilePolicy(policy: NetworkPolicyObject): CompiledPolicy {
  let result = compiled.get(policy);
  if (result === undefined) {
    result = compile(policy);
    compiled.set(policy, result);
  }
  return result;
}

function compile({ metadata, spec = {} }: NetworkPolicyObject): CompiledPolicy {
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
    signature: contentHash(JSON.stringify(rules)),
  };
}

function compileRule(
  namespace: string,
  index: number,
  peers: PolicyPeerObject[] | null | undefined,
  ports: PolicyPortObject[] | null | undefined,
): CompiledRule {
  const rule: CompiledRule = { index };
  if (peers !== undefined && peers !== null && peers.length > 0) rule.peers = compilePeers(namespace, peers);
  if (ports !== undefined && ports !== null && ports.length > 0) rule.ports = compilePorts(ports);
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
    if (ipBlock !== undefined && ipBlock !== null) {
      const block = parseCIDR(ipBlock.cidr);
      if (block !== undefined) blocks.push(...subtract([block], parseCIDRs(ipBlock.except ?? [])));
    } else if (namespaceSelector !== undefined && namespaceSelector !== null) {
      const peer = selectorPeer(namespaceSelector, podSelector ?? {});
      selectors.set(peer.set, peer);
    } else if (podSelector !== undefined && podSelector !== null) {
      const peer = selectorPeer(namespace, podSelector);
      selectors.set(peer.set, peer);
    }
  }
  const ranges = merge(blocks).map(formatRange);
  const cidrs = ranges.length === 0 ? [] : [{ set: `cidr-${contentHash(ranges.join())}`, ranges }];
  return { selectors: [...selectors.values()], cidrs };
}

function selectorPeer(namespace: string | LabelSelector, pods: LabelSelector): SelectorPeer {
  const scope = typeof namespace === 'string' ? namespace : canonicalSelector(namespace);
  return { set: `sel-${contentHash(`${scope} ${canonicalSelector(pods)}`)}`, namespace, pods };
}
