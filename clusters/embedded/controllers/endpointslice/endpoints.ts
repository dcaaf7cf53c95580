/**
 * What one Pod is to one Service.
 * https://github.com/kubernetes/endpointslice/blob/v0.34.3/utils.go, .../endpointslice/util/controller_utils.go
 */
import type { Endpoint, EndpointPort, Node, Pod, Service, ServicePort } from '../kinds.ts';
import { isReady, isTerminal } from '../pods.ts';

const addressesOf = ({ status }: Pod): string[] =>
  (status?.podIPs?.map(({ ip }) => ip) ?? (status?.podIP ? [status.podIP] : [])).filter((ip) => !ip.includes(':'));

/** Has an address, and its containers have not ended. A Pod that is terminating is in, with conditions that say so. */
export const isEndpoint = (pod: Pod): boolean => !isTerminal(pod) && addressesOf(pod).length > 0;

export function endpointOf(pod: Pod, service: Service, node: Node | undefined): Endpoint {
  const serving = isReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const { hostname, subdomain, nodeName } = pod.spec;
  const { namespace, name, uid } = pod.metadata;
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'];
  return {
    addresses: addressesOf(pod),
    conditions: {
      // never ready while it terminates, unless the Service asks for every address
      ready: service.spec.publishNotReadyAddresses === true || (serving && !terminating),
      serving,
      terminating,
    },
    ...(hostname && subdomain === service.metadata.name && { hostname }),
    ...(nodeName && { nodeName }),
    targetRef: { kind: 'Pod', namespace: namespace as string, name, uid: uid as string },
    ...(zone && { zone }),
  };
}

/** The Service's ports as they are on this Pod; a named port that the Pod does not have is left out. */
export function portsOf(pod: Pod, service: Service): EndpointPort[] {
  return (service.spec.ports ?? []).flatMap((servicePort) => {
    const port = targetPort(pod, servicePort);
    if (port === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = servicePort;
    return [{ name, protocol, port, ...(appProtocol && { appProtocol }) }];
  });
}

function targetPort({ spec }: Pod, { targetPort: target, port, protocol = 'TCP' }: ServicePort): number | undefined {
  if (target === undefined) return port;
  if (typeof target === 'number') return target;
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...spec.containers, ...sidecars]
    .flatMap(({ ports = [] }) => ports)
    .find((declared) => declared.name === target && (declared.protocol ?? 'TCP') === protocol)?.containerPort;
}
