import type { KubeObject } from '../kube/index.ts';

export interface ServicePort {
  name?: string;
  port: number;
  /** A number, or the name of a container port. */
  targetPort?: number | string;
  protocol?: 'TCP' | 'UDP';
}

export interface ServiceSpec {
  selector?: Record<string, string>;
  ports?: ServicePort[];
  type?: 'ClusterIP' | 'NodePort' | 'ExternalName';
  headless?: boolean;
  /** Its cluster IP. Absent: the API chooses. */
  address?: string;
  externalName?: string;
  /** externalTrafficPolicy: Local. */
  local?: boolean;
  /** internalTrafficPolicy: Local. */
  localClients?: boolean;
  /** publishNotReadyAddresses. */
  unreadyToo?: boolean;
  externalIPs?: string[];
  /** Session affinity by client address, for so many seconds. */
  affinitySeconds?: number;
}

/** The fields that keep a client with its Pod until it has been quiet for so many seconds. */
export const affinity = (timeoutSeconds: number): object => ({
  sessionAffinity: 'ClientIP',
  sessionAffinityConfig: { clientIP: { timeoutSeconds } },
});

export function service(namespace: string, name: string, spec: ServiceSpec): KubeObject {
  const { selector, ports, type = 'ClusterIP', headless, externalName, local, affinitySeconds } = spec;
  const { address, localClients, unreadyToo, externalIPs } = spec;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      type,
      ...(selector === undefined ? {} : { selector }),
      ...(ports === undefined ? {} : { ports }),
      ...(headless ? { clusterIP: 'None' } : {}),
      ...(address === undefined ? {} : { clusterIP: address }),
      ...(externalName === undefined ? {} : { externalName }),
      ...(local ? { externalTrafficPolicy: 'Local' } : {}),
      ...(localClients ? { internalTrafficPolicy: 'Local' } : {}),
      ...(unreadyToo ? { publishNotReadyAddresses: true } : {}),
      ...(externalIPs === undefined ? {} : { externalIPs }),
      ...(affinitySeconds === undefined ? {} : affinity(affinitySeconds)),
    },
  };
}

/** An EndpointSlice written by hand: some addresses, and the ports that they have, by the names that the Service gives them. */
export function endpointSlice(
  namespace: string,
  name: string,
  serviceName: string,
  addresses: string[],
  ports: { name: string; port: number; protocol: string }[],
): KubeObject {
  const labels = { 'kubernetes.io/service-name': serviceName, 'endpointslice.kubernetes.io/managed-by': 'netvet.dev' };
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace, labels },
    addressType: 'IPv4',
    ports,
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  };
}
