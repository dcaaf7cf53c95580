import { type KubeObject, objectOf } from '../kube/index.ts';

export interface ServicePort {
  name?: string;
  port: number;
  /** A number, or the name of a container port. */
  targetPort?: number | string;
  protocol?: 'TCP' | 'UDP';
}

/** The fields that keep a client with its Pod until it has been quiet for so many seconds. */
export const affinity = (timeoutSeconds: number): object => ({
  sessionAffinity: 'ClientIP',
  sessionAffinityConfig: { clientIP: { timeoutSeconds } },
});

export const service = (namespace: string, name: string, spec: object): KubeObject =>
  objectOf('Service', { name, namespace }, { spec });

/** An EndpointSlice written by hand: some addresses, and their ports, by the names that the Service gives them. */
export const endpointSlice = (
  namespace: string,
  name: string,
  serviceName: string,
  addresses: string[],
  ports: { name: string; port: number; protocol: string }[],
): KubeObject => {
  const labels = { 'kubernetes.io/service-name': serviceName, 'endpointslice.kubernetes.io/managed-by': 'netvet.dev' };
  const endpoints = addresses.map((address) => ({ addresses: [address], conditions: { ready: true } }));
  return objectOf('EndpointSlice', { name, namespace, labels }, { addressType: 'IPv4', ports, endpoints });
};
