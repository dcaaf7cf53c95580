import { canonicalAddress, formatRange, merge, parseCIDR, parseCIDRs, type Range } from './cidr.ts';
import type { NodeObject } from './objects.ts';
import type { Snapshot } from './types.ts';

/** Fields of a snapshot from which nothing about nodes, their links and their ranges follows. */
export const besideNodes: (keyof Snapshot)[] = [
  ...(['pods', 'index', 'namespaces', 'networkPolicies', 'lost'] as const),
  ...(['services', 'endpointSlices', 'serviceCIDRs', 'attachments'] as const),
];

/** The node's primary address: its first IPv4 InternalIP, else ExternalIP, as the kubelet reports it. */
export function nodeAddress(node: NodeObject): string | undefined {
  const addresses = node.status?.addresses ?? [];
  for (const wanted of ['InternalIP', 'ExternalIP']) {
    for (const { type, address } of addresses) {
      const canonical = type === wanted ? canonicalAddress(address) : undefined;
      if (canonical !== undefined) return canonical;
    }
  }
  return undefined;
}

/** All IPv4 addresses of a node. */
export function nodeAddresses(node: NodeObject): string[] {
  const all = (node.status?.addresses ?? []).map(({ address }) => canonicalAddress(address));
  return all.filter((address) => address !== undefined);
}

/** The ranges from which the node's Pods have their addresses. */
export function podCIDRs({ spec }: NodeObject): string[] {
  return [...new Set([...(spec?.podCIDRs ?? []), ...(spec?.podCIDR === undefined ? [] : [spec.podCIDR])])];
}

/** The ranges of all Pods: as configured, else what the nodes have. */
export function clusterRanges({ clusterCIDRs, nodes }: Snapshot): Range[] {
  const configured = parseCIDRs(clusterCIDRs);
  return merge(configured.length > 0 ? configured : parseCIDRs(nodes.flatMap(podCIDRs)));
}

/** The IPv4 Pod range that a node gives addresses from: none or one. */
export const podRange = (node: NodeObject): string[] =>
  podCIDRs(node)
    .filter((range) => parseCIDR(range) !== undefined)
    .slice(0, 1);

/** The object of the snapshot's own node. */
export const ownNode = ({ nodes, node }: Snapshot): NodeObject | undefined =>
  nodes.find(({ metadata }) => metadata.name === node);

/** The ranges of this node's Pods, disjoint and sorted, each `first-last`. */
export function localRanges(snapshot: Snapshot): string[] {
  const own = ownNode(snapshot);
  return own === undefined ? [] : merge(parseCIDRs(podCIDRs(own))).map(formatRange);
}

/** The addresses that this node itself answers at: those of its links, as far as they are known, and localhost. */
export function ownAddresses(snapshot: Snapshot): string[] {
  const own = ownNode(snapshot);
  const primary = own === undefined ? [] : (nodeAddress(own) ?? []);
  const links = snapshot.underlay?.links ?? [];
  return [
    ...new Set(
      ['127.0.0.1', primary, links.flatMap(({ addresses }) => addresses.map(({ address }) => address))].flat(2),
    ),
  ];
}
