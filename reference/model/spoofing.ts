/** What a Pod may not pretend to be: another Pod, another node, a router, or its node's own localhost. */
import { merge, parseAddress, parseCIDRs, type Range } from './cidr.ts';
import { type FabricState, tunnelDevice } from './fabric.ts';
import { nodeAddress, nodeAddresses, podCIDRs } from './nodes.ts';
import type { NodeObject } from './objects.ts';
import type { Snapshot } from './types.ts';

/** One peer of the tunnel, and the sources that packets from it may have inside. */
interface TunnelSender {
  /** The peer's node address: the outer source. */
  node: string;
  /** Its Pods and itself, disjoint and sorted. */
  sources: Range[];
}

export interface SpoofingState {
  /**
   * Links of Pods, as nft compares names of links: nothing that comes in there leads to localhost, or is from an
   * address that leads elsewhere.
   */
  podLinks: string[];
  /** Links with such names that are not Pods': what comes in there may be from anywhere. */
  anySource: string[];
  /** Settings of the node's end of each Pod's link, below /proc/sys/net/FAMILY/conf/LINK. */
  linkSettings: LinkSetting[];
  /** Who may send to this node through the tunnel. Absent: there is none. */
  tunnel?: { port: number; id: number; senders: TunnelSender[] };
}

export interface LinkSetting {
  family: 'ipv4' | 'ipv6';
  name: string;
  value: string;
}

/**
 * A Pod must not send from an address that leads elsewhere, for policies go by addresses; table netvet-spoofing sees to
 * that too. Nor does it need IPv6: a node
 * would take router advertisements from it, as CVE-2020-10749 has it
 * (https://github.com/kubernetes/kubernetes/issues/91507), and answer it at link-local addresses.
 */
const linkSettings: LinkSetting[] = [
  { family: 'ipv4', name: 'rp_filter', value: '1' },
  { family: 'ipv6', name: 'accept_ra', value: '0' },
  { family: 'ipv6', name: 'disable_ipv6', value: '1' },
];

/** All links that netvet makes begin like this. */
export const linkPrefix = 'nv';

export function spoofing({ tunnel }: FabricState, { nodes }: Snapshot): SpoofingState {
  const state: SpoofingState = { podLinks: [`${linkPrefix}*`], anySource: [tunnelDevice], linkSettings };
  if (tunnel === undefined) return state;
  const { port, id, peers } = tunnel;
  const byAddress = Map.groupBy(nodes, nodeAddress);
  const senders = peers.map(({ node }) => ({ node, sources: merge((byAddress.get(node) ?? []).flatMap(sourcesOf)) }));
  return { ...state, tunnel: { port, id, senders } };
}

function sourcesOf(node: NodeObject): Range[] {
  const own = nodeAddresses(node).map((text): Range => {
    const address = parseAddress(text) ?? 0;
    return [address, address];
  });
  return [...parseCIDRs(podCIDRs(node)), ...own];
}
