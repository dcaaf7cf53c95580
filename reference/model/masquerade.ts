import { formatRange, merge, parseAddress, parseCIDRs, type Range } from './cidr.ts';
import { clusterRanges, localRanges, nodeAddresses, podCIDRs } from './nodes.ts';
import type { Snapshot } from './types.ts';

/** Pods reach what is outside the cluster under their node's address. */
export interface MasqueradeState {
  /** Sources: this node's Pod ranges, disjoint and sorted, each `first-last`. */
  sources: string[];
  /** Destinations that see the Pod's own address: all Pod ranges and all nodes' addresses, disjoint and sorted. */
  except: string[];
}

/**
 * Pod to Pod is never translated
 * (https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model). kindnet excepts the Pod
 * ranges and no more (its pkg/masq/masq.go), so that other nodes see the Pod's node. Here nodes see the Pod, as
 * https://github.com/cloudnativelabs/kube-router/issues/173 asks: each node has a route back, with host-gateway as with
 * VXLAN, and policies on the other node's Pods, logs and node ports with externalTrafficPolicy Local see the client.
 */
export function masquerade(snapshot: Snapshot): MasqueradeState {
  const nodeRanges = parseCIDRs(snapshot.nodes.flatMap(podCIDRs));
  const nodes = snapshot.nodes.flatMap(nodeAddresses).map((text): Range => {
    const address = parseAddress(text) ?? 0;
    return [address, address];
  });
  return {
    sources: localRanges(snapshot),
    except: merge([...clusterRanges(snapshot), ...nodeRanges, ...nodes]).map(formatRange),
  };
}
