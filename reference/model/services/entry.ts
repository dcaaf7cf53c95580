/** One Service and its slices -> its addresses and the balancers behind them. */
import { canonicalAddress } from '../cidr.ts';
import type { EndpointSliceObject, Protocol, ServiceObject, ServicePortObject } from '../objects.ts';
import { endpointsOf, exactly, type PortEndpoints, readyHere } from './endpoints.ts';
import type { Balancer, ServiceEntry } from './types.ts';

/** https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity */
const DEFAULT_AFFINITY_SECONDS = 10_800;

type Spec = NonNullable<ServiceObject['spec']>;

/** Undefined: not a Service with virtual addresses, or another program's work. */
export function serviceEntry(
  service: ServiceObject,
  slices: EndpointSliceObject[],
  node: string,
): ServiceEntry | undefined {
  const { metadata, spec } = service;
  if (spec === undefined || spec.type === 'ExternalName' || spec.clusterIP === 'None') return undefined;
  // https://kubernetes.io/docs/reference/labels-annotations-taints/#servicekubernetesioservice-proxy-name
  const labels = metadata.labels ?? {};
  if ('service.kubernetes.io/service-proxy-name' in labels || 'service.kubernetes.io/headless' in labels)
    return undefined;
  const clusterIP = [...(spec.clusterIPs ?? []), spec.clusterIP].map(canonicalAddress).find((ip) => ip !== undefined);
  if (clusterIP === undefined) return undefined;

  const entry: ServiceEntry = {
    // joined, as all texts that thousands of Services keep: one that is put together keeps its parts
    name: [metadata.namespace, metadata.name].join('/'),
    clusterIPs: [clusterIP],
    frontends: [],
    nodePorts: [],
    balancers: [],
    shortcuts: [],
  };
  const external = externalAddresses(service).filter((address) => address !== clusterIP);
  for (const port of spec.ports ?? []) addPort(entry, spec, port, clusterIP, external, slices, node);
  if (spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local' && spec.healthCheckNodePort) {
    entry.healthCheck = { port: spec.healthCheckNodePort, localEndpoints: readyHere(slices, node) };
  }
  const { frontends, nodePorts, balancers, shortcuts } = entry;
  return {
    ...entry,
    frontends: exactly(frontends),
    nodePorts: exactly(nodePorts),
    balancers: exactly(balancers),
    shortcuts: exactly(shortcuts),
  };
}

/**
 * externalIPs, and the load balancer's addresses when packets for them arrive unchanged (ipMode VIP). One with
 * loadBalancerSourceRanges is left to the load balancer, which enforces them.
 */
function externalAddresses({ spec = {}, status }: ServiceObject): string[] {
  const balanced = spec.type === 'LoadBalancer' && (spec.loadBalancerSourceRanges ?? []).length === 0;
  const ingress = balanced ? (status?.loadBalancer?.ingress ?? []) : [];
  const virtual = ingress.filter(({ ipMode = 'VIP' }) => ipMode === 'VIP').map(({ ip }) => ip);
  const addresses = [...(spec.externalIPs ?? []), ...virtual].map(canonicalAddress);
  return [...new Set(addresses.filter((address) => address !== undefined))];
}

function addPort(
  entry: ServiceEntry,
  spec: Spec,
  { name = '', protocol = 'TCP', port, nodePort }: ServicePortObject,
  clusterIP: string,
  external: string[],
  slices: EndpointSliceObject[],
  node: string,
): void {
  const endpoints = endpointsOf(slices, name, protocol, node);
  const key = [entry.name, ':', name, '/', protocol].join('');
  const make = balancerMaker(spec, protocol, key, endpoints, entry.balancers);
  const internalLocal = spec.internalTrafficPolicy === 'Local';
  const internal = make('internal', internalLocal, false);
  entry.frontends.push({ address: clusterIP, protocol, port, balancer: internal });

  const served = spec.type === 'NodePort' || spec.type === 'LoadBalancer' ? (nodePort ?? 0) : 0;
  if (served === 0 && external.length === 0) return;
  const masqueraded = make('external', false, true);
  let outside = masqueraded;
  if (spec.externalTrafficPolicy === 'Local') {
    outside = make('external-local', true, false);
    const pods = internalLocal ? make('everywhere', false, false) : internal;
    entry.shortcuts.push({ balancer: outside, pods, node: masqueraded });
  }
  for (const address of external) entry.frontends.push({ address, protocol, port, balancer: outside });
  if (served !== 0) entry.nodePorts.push({ address: '', protocol, port: served, balancer: outside });
}

/**
 * Balancers of one Service port. External traffic is masqueraded unless it stays on this node, or the reply would not
 * come back this way. Without any endpoint clients are rejected; without a local one where only local ones may be used,
 * packets are dropped. All as kube-proxy does:
 * https://github.com/kubernetes/kubernetes/blob/master/pkg/proxy/nftables/proxier.go,
 * https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/2086-service-internal-traffic-policy
 */
function balancerMaker(spec: Spec, protocol: Protocol, key: string, from: PortEndpoints, balancers: Balancer[]) {
  const affinity =
    spec.sessionAffinity === 'ClientIP'
      ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? DEFAULT_AFFINITY_SECONDS)
      : undefined;
  return (variant: string, local: boolean, masquerade: boolean): string => {
    const balancer: Balancer = {
      key: [key, variant].join(' '),
      protocol,
      ...(local ? from.local : from.cluster),
      masquerade,
      whenEmpty: local && from.cluster.endpoints.length > 0 ? 'drop' : 'reject',
      forgetFlows: protocol === 'UDP',
      ...(affinity !== undefined && { affinity }),
    };
    balancers.push(balancer);
    return balancer.key;
  };
}
