import { formatRange, merge, parseAddress, parseCIDRs, type Range } from './cidr.ts';
import { isDirect } from './fabric.ts';
import { clusterRanges, localRanges, nodeAddress, nodeAddresses, podCIDRs } from './nodes.ts';
import type { Snapshot } from './types.ts';

/** Pods reach what is outside the cluster under their node's address. */
export interface MasqueradeState {
  /** Sources: this node's Pod ranges, disjoint and sorted, each `first-last`. */
  sources: string[];
  /** Destinations that see the Pod's own address: all Pod ranges, and nodes that links reach. Disjoint and sorted. */
  except: string[];
}

/**
 * Pod to Pod is never translated
 * (https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model). kindnet excepts the Pod
 * ranges and no more (its pkg/masq/masq.go), so that other nodes see the Pod's node. Here a node sees the Pod where both
 * ways are the same, as https://github.com/cloudnativelabs/kube-router/issues/173 asks: policies on the other node's
 * Pods, logs and node ports with externalTrafficPolicy Local see the client. A node behind the tunnel, or an ExternalIP,
 * is reached by the uplink while the answer would take the tunnel: clouds that check sources, and rp_filter 1, drop that
 * (https://docs.kernel.org/networking/ip-sysctl.html, rp_filter).
 */
export function masquerade(snapshot: Snapshot): MasqueradeState {
  const nodeRanges = parseCIDRs(snapshot.nodes.flatMap(podCIDRs));
  const direct = (address = '') => isDirect(snapshot.underlay, address);
  const near = snapshot.nodes.filter((node) => direct(nodeAddress(node))).flatMap(nodeAddresses);
  const nodes = near.filter(direct).map((text): Range => {
    const address = parseAddress(text) ?? 0;
    return [address, address];
  });
  return {
    sources: localRanges(snapshot),
    except: merge([...clusterRanges(snapshot), ...nodeRanges, ...nodes]).map(formatRange),
  };
}
