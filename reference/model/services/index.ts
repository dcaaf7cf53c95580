/**
 * Services of type ClusterIP, NodePort and LoadBalancer: https://kubernetes.io/docs/reference/networking/virtual-ips/
 *
 * Left out: topology hints (all endpoints are equal), node ports on localhost and on other addresses than the primary
 * one (as kube-proxy's nftables mode does), load balancers' source ranges (the load balancer's own work), IPv6.
 */
import { formatRange, merge, parseCIDRs } from '../cidr.ts';
import { clusterRanges, localRanges, nodeAddress, ownNode } from '../nodes.ts';
import type { Snapshot } from '../types.ts';
import { entries } from './entries.ts';
import type { ServiceState } from './types.ts';

export type { Balancer, Endpoint, Frontend, ServiceEntry, ServiceState } from './types.ts';

export function services(snapshot: Snapshot): ServiceState {
  const own = ownNode(snapshot);
  const address = own === undefined ? undefined : nodeAddress(own);
  return {
    entries: entries(snapshot),
    // kube-proxy's nftables mode serves node ports on the primary address alone:
    // https://kubernetes.io/docs/reference/networking/virtual-ips/#migrating-from-iptables-mode-to-nftables
    nodeAddresses: address === undefined ? [] : [address],
    hairpin: snapshot.attachments.map(({ ip }) => ip),
    localPods: localRanges(snapshot),
    clusterPods: clusterRanges(snapshot).map(formatRange),
    clusterIPRanges: merge(parseCIDRs(snapshot.serviceCIDRs.flatMap(({ spec }) => spec?.cidrs ?? []))).map(formatRange),
  };
}
