/** ipBlocks that name nodes, where Pods see the nodes through the tunnel. */
import { contains, parseAddress, parseRange, type Range, subtract } from '../cidr.ts';
import type { Tunnel } from '../fabric.ts';
import { type CIDRPeer, type CompiledPolicy, type CompiledRule, cidrPeers, signatureOf } from './compile.ts';

/**
 * What policies say when each peer's end of the tunnel counts as the peer: a node's packets to a Pod behind the tunnel
 * come from that end's address, and an ipBlock means the node by the address that the API shows. So an end is in a block
 * if its node is, and only then.
 */
export function throughTunnel(peers: Tunnel['peers']): (policy: CompiledPolicy) => CompiledPolicy {
  const ends = peers.map(({ address, node }) => ({ end: parseAddress(address) ?? 0, node: parseAddress(node) ?? 0 }));

  function block(peer: CIDRPeer): CIDRPeer[] {
    const ranges = peer.ranges.map(parseRange).filter((range) => range !== undefined);
    const wrong = ends.filter(({ end, node }) => contains(ranges, end) !== contains(ranges, node));
    if (wrong.length === 0) return [peer];
    const one = ({ end }: { end: number }): Range => [end, end];
    const { in: added = [], out: taken = [] } = Object.groupBy(wrong, ({ node }) =>
      contains(ranges, node) ? 'in' : 'out',
    );
    return cidrPeers([...subtract(ranges, taken.map(one)), ...added.map(one)]);
  }

  const rule = (one: CompiledRule): CompiledRule =>
    one.peers === undefined ? one : { ...one, peers: { ...one.peers, cidrs: one.peers.cidrs.flatMap(block) } };

  return (policy) => {
    const { ingress, egress } = policy.rules;
    const hasBlocks = [...(ingress ?? []), ...(egress ?? [])].some(({ peers }) => (peers?.cidrs.length ?? 0) > 0);
    if (ends.length === 0 || !hasBlocks) return policy;
    const rules = { ...(ingress && { ingress: ingress.map(rule) }), ...(egress && { egress: egress.map(rule) }) };
    return { ...policy, rules, signature: signatureOf(rules) };
  };
}
