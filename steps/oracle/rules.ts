import { BlockList, isIPv6 } from 'node:net';
import type {
  Cluster,
  Connection,
  LabelSelector,
  Labels,
  Pod,
  Policy,
  PolicyPeer,
  PolicyPort,
  Requirement,
} from './objects.ts';

export type Direction = 'ingress' | 'egress';

/** A rule of either direction: `from` and `to` are alike. */
export interface Rule {
  peers: PolicyPeer[];
  ports: PolicyPort[];
}

/** The rules of a policy in one direction, by their place in its list. */
export function rulesOf({ spec }: Policy, direction: Direction): Rule[] {
  return direction === 'ingress'
    ? (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from ?? [], ports: ports ?? [] }))
    : (spec.egress ?? []).map(({ to, ports }) => ({ peers: to ?? [], ports: ports ?? [] }));
}

/**
 * Whether a policy isolates a Pod in that direction. "If no policyTypes are specified on a NetworkPolicy then by
 * default Ingress will always be set and Egress will be set if the NetworkPolicy has any egress rules"
 * (https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource). It selects Pods
 * of its own namespace, all of them with an empty podSelector or none.
 */
export function isolates({ namespace, spec }: Policy, pod: Pod, direction: Direction): boolean {
  const given = spec.policyTypes ?? [];
  const implied = ['Ingress', ...((spec.egress ?? []).length > 0 ? ['Egress'] : [])];
  const types: string[] = given.length > 0 ? given : implied;
  const type = direction === 'ingress' ? 'Ingress' : 'Egress';
  return types.includes(type) && namespace === pod.namespace && fulfils(pod.labels, spec.podSelector ?? {});
}

/**
 * Whether an entry of `from` or `to` means this Pod (NetworkPolicyPeer). A podSelector alone selects in the policy's
 * own namespace, a namespaceSelector alone selects every Pod of the namespaces, both select those Pods in those
 * namespaces. An ipBlock means addresses, whoever has them, without those of `except`.
 */
export function isPeer({ namespaces }: Cluster, policy: Policy, peer: PolicyPeer, pod: Pod): boolean {
  if (peer.ipBlock) {
    const { cidr, except } = peer.ipBlock;
    return inBlock(pod.ip, cidr) && !(except ?? []).some((block) => inBlock(pod.ip, block));
  }
  if (!peer.podSelector && !peer.namespaceSelector) return false;
  const labels = namespaces.find(({ name }) => name === pod.namespace)?.labels ?? {};
  const inNamespace = peer.namespaceSelector
    ? fulfils(labels, peer.namespaceSelector)
    : pod.namespace === policy.namespace;
  return inNamespace && fulfils(pod.labels, peer.podSelector ?? {});
}

/** Whether an address is in a block such as 10.0.0.0/8. */
export function inBlock(ip: string, cidr: string): boolean {
  const [base = '', length = ''] = cidr.split('/');
  // Node takes an IPv4 address for one of IPv6 too
  if (family(base) !== family(ip)) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(length), family(base));
  return list.check(ip, family(ip));
}

const family = (ip: string): 'ipv4' | 'ipv6' => (isIPv6(ip) ? 'ipv6' : 'ipv4');

/**
 * Whether an entry of `ports` means the connection (NetworkPolicyPort): its protocol, by default TCP, and its port: any
 * when there is none, from `port` to `endPort` inclusive, or the number that the Pod at the other end gives that name.
 */
export function isPort({ protocol, port, endPort }: PolicyPort, to: Connection): boolean {
  if ((protocol ?? 'TCP') !== to.protocol) return false;
  if (port === undefined || port === null) return true;
  if (typeof port === 'number') return port <= to.port && to.port <= (endPort ?? port);
  return to.to.namedPorts.some((one) => one.name === port && one.protocol === to.protocol && one.port === to.port);
}

/**
 * Whether labels fulfil a selector: "The result of matchLabels and matchExpressions are ANDed. An empty label selector
 * matches all objects" (LabelSelector); a NotIn is also fulfilled by what lacks the key ("Labels and Selectors",
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors).
 */
function fulfils(labels: Labels, { matchLabels, matchExpressions }: LabelSelector): boolean {
  const equal = Object.entries(matchLabels ?? {}).every(([key, value]) => valueOf(labels, key) === value);
  return equal && (matchExpressions ?? []).every((requirement) => meets(labels, requirement));
}

function meets(labels: Labels, { key, operator, values }: Requirement): boolean {
  const value = valueOf(labels, key);
  const listed = value !== undefined && (values ?? []).includes(value);
  switch (operator) {
    case 'In':
      return listed;
    case 'NotIn':
      return !listed;
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}

// a label may be called "constructor"
const valueOf = (labels: Labels, key: string): string | undefined =>
  Object.hasOwn(labels, key) ? labels[key] : undefined;
