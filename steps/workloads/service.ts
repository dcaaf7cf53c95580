import { type KubeObject, objectOf } from '../kube/index.ts';

export interface ServicePort {
  name?: string;
  port: number;
  /** A number, or the name of a container port. */
  targetPort?: number | string;
  protocol?: 'TCP' | 'UDP';
}

export const service = (namespace: string, name: string, spec: object): KubeObject =>
  objectOf('Service', { name, namespace }, { spec });

/** A Service with one port for the Pods labelled app=APP. */
export const serviceFor = (namespace: string, name: string, app: string, port: number, targetPort = port): KubeObject =>
  service(namespace, name, { selector: { app }, ports: [{ port, targetPort, protocol: 'TCP' }] });

/** What an EndpointSlice that is written by hand says of its addresses: all of them are ready. */
export const endpointsAt = (addresses: string[]): object[] =>
  addresses.map((address) => ({ addresses: [address], conditions: { ready: true } }));

/** An EndpointSlice written by hand: some addresses, and their ports, by the names that the Service gives them. */
export const endpointSlice = (
  namespace: string,
  name: string,
  serviceName: string,
  addresses: string[],
  ports: { name: string; port: number; protocol: string }[],
): KubeObject => {
  const labels = { 'kubernetes.io/service-name': serviceName, 'endpointslice.kubernetes.io/managed-by': 'netvet.dev' };
  const fields = { addressType: 'IPv4', ports, endpoints: endpointsAt(addresses) };
  return objectOf('EndpointSlice', { name, namespace, labels }, fields);
};
