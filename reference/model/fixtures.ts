/** Small objects for tests, as the API server would send them. */
import type {
  ContainerPortObject,
  EndpointObject,
  EndpointSliceObject,
  Labels,
  NamespaceObject,
  NetworkPolicyObject,
  NodeObject,
  PodObject,
  Protocol,
  ServiceObject,
} from './objects.ts';
import type { Attachment, Snapshot, Underlay } from './types.ts';

export function aNode(name: string, address: string, podCIDR?: string): NodeObject {
  return {
    metadata: { name },
    spec: podCIDR === undefined ? {} : { podCIDR, podCIDRs: [podCIDR] },
    status: { addresses: [{ type: 'InternalIP', address }] },
  };
}

export function aNamespace(name: string, labels: Labels = {}): NamespaceObject {
  return { metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...labels } } };
}

/** `id` is `namespace/name`. */
export function aPod(
  id: string,
  {
    labels = {},
    ip,
    node = 'node1',
    phase = 'Running',
    ports = [],
  }: { labels?: Labels; ip?: string; node?: string; phase?: string; ports?: ContainerPortObject[] } = {},
): PodObject {
  const [namespace = '', name = ''] = id.split('/');
  return {
    metadata: { name, namespace, uid: `uid-${id}`, labels },
    spec: { nodeName: node, containers: [{ name: 'main', ports }] },
    status: { phase, ...(ip !== undefined && { podIP: ip, podIPs: [{ ip }] }) },
  };
}

/** The attachment of `aPod(id)`. */
export function anAttachment(id: string, ip: string, more: Partial<Attachment> = {}): Attachment {
  const [namespace = '', pod = ''] = id.split('/');
  return {
    containerId: `container-${id.replace('/', '-')}`,
    ifname: 'eth0',
    netns: `/run/netns/${pod}`,
    namespace,
    pod,
    uid: `uid-${id}`,
    ip,
    hostInterface: `nv${pod}`.slice(0, 15),
    mac: '02:00:00:00:00:01',
    mtu: 1500,
    portMappings: [],
    ...more,
  };
}

export function aPolicy(id: string, spec: NetworkPolicyObject['spec']): NetworkPolicyObject {
  const [namespace = '', name = ''] = id.split('/');
  return { metadata: { name, namespace }, spec };
}

export function aService(
  id: string,
  clusterIP: string,
  spec: Partial<NonNullable<ServiceObject['spec']>> = {},
): ServiceObject {
  const [namespace = '', name = ''] = id.split('/');
  return {
    metadata: { name, namespace },
    spec: { type: 'ClusterIP', clusterIP, clusterIPs: [clusterIP], ports: [{ protocol: 'TCP', port: 80 }], ...spec },
  };
}

export function anEndpoint(
  address: string,
  { node, ...conditions }: { node?: string; ready?: boolean; serving?: boolean; terminating?: boolean } = {},
): EndpointObject {
  return { addresses: [address], conditions, ...(node !== undefined && { nodeName: node }) };
}

/** A slice of Service `id`. */
export function aSlice(
  id: string,
  endpoints: EndpointObject[],
  ports: { name?: string; protocol?: Protocol; port: number }[] = [{ port: 8080 }],
): EndpointSliceObject {
  const [namespace = '', service = ''] = id.split('/');
  return {
    metadata: { name: `${service}-abcde`, namespace, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    endpoints,
    ports: ports.map(({ name = '', protocol = 'TCP', port }) => ({ name, protocol, port })),
  };
}

/** The link between the two nodes. */
export const underlay: Underlay = {
  mode: 'auto',
  links: [{ name: 'eth0', mtu: 1500, addresses: [{ address: '192.168.0.1', prefixLength: 24 }] }],
};

/** Two nodes, nothing else. */
export function aSnapshot(more: Partial<Snapshot> = {}): Snapshot {
  return {
    node: 'node1',
    nodes: [aNode('node1', '192.168.0.1', '10.244.1.0/24'), aNode('node2', '192.168.0.2', '10.244.2.0/24')],
    services: [],
    endpointSlices: [],
    pods: [],
    namespaces: [aNamespace('default')],
    networkPolicies: [],
    serviceCIDRs: [{ metadata: { name: 'kubernetes' }, spec: { cidrs: ['10.96.0.0/16'] } }],
    attachments: [],
    clusterCIDRs: ['10.244.0.0/16'],
    ...more,
  };
}
