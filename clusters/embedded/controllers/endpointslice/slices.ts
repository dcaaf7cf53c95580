/**
 * What a Pod is to a Service, and how endpoints are laid out in slices, changing as little as possible of those that
 * exist.
 * https://github.com/kubernetes/endpointslice/blob/v0.34.3/utils.go, .../endpointslice/util/controller_utils.go
 */
import { equal } from '../../api/json.ts';
import type { Endpoint, EndpointPort, EndpointSlice, Node, Pod, Service, ServicePort } from '../../kinds.ts';
import { metadataBelow } from '../owners.ts';
import { isReady, isTerminal } from '../pods.ts';

const serviceLabel = 'kubernetes.io/service-name';
const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
const headlessLabel = 'service.kubernetes.io/headless';
const manager = 'endpointslice-controller.k8s.io';

/** The Service whose slice it is; undefined for one that somebody else manages. */
export const managedFor = ({ metadata: { labels } }: EndpointSlice): string | undefined =>
  labels?.[managedByLabel] === manager ? labels[serviceLabel] : undefined;

const endpointsPerSlice = 100;

/** Endpoints that share one set of port numbers. */
export interface PortGroup {
  ports: EndpointPort[];
  endpoints: Endpoint[];
}

export interface Plan {
  create: EndpointSlice[];
  update: EndpointSlice[];
  remove: EndpointSlice[];
}

/** What turns the slices that exist into the ones that are wanted. */
export function planSlices(service: Service, groups: PortGroup[], existing: EndpointSlice[]): Plan {
  const plan: Plan = { create: [], update: [], remove: [] };
  const rest = new Set(existing);
  // the slice of a Service without any endpoint has no ports either
  for (const group of groups.length > 0 ? groups : [{ ports: [], endpoints: [] }]) {
    const own = existing.filter((slice) => samePorts(slice.ports ?? [], group.ports));
    for (const slice of own) rest.delete(slice);
    planGroup(service, group, own, plan);
  }
  plan.remove.push(...rest);
  // a slice that is wanted takes the place of one that is not, as in the real reconciler
  while (plan.create.length > 0 && plan.remove.length > 0) {
    const [slice, wanted] = [plan.remove.pop() as EndpointSlice, plan.create.pop() as EndpointSlice];
    const { labels = {} } = wanted.metadata;
    plan.update.push({ ...slice, ...wanted, metadata: { ...slice.metadata, labels } });
  }
  return plan;
}

function planGroup(service: Service, { ports, endpoints }: PortGroup, existing: EndpointSlice[], plan: Plan): void {
  const missing = new Map(endpoints.map((endpoint) => [identity(endpoint), endpoint]));
  const kept = existing.map((slice) => {
    const stay = (slice.endpoints ?? []).flatMap((endpoint) => {
      const wanted = missing.get(identity(endpoint));
      missing.delete(identity(endpoint));
      return wanted ?? [];
    });
    return { slice, endpoints: stay };
  });
  const newcomers = [...missing.values()];
  for (const each of kept) each.endpoints.push(...newcomers.splice(0, endpointsPerSlice - each.endpoints.length));

  // one slice stays even if it is empty, as the placeholder, where there is nothing else
  const full = kept.filter((each) => each.endpoints.length > 0);
  const staying = full.length > 0 || newcomers.length > 0 ? full : kept.slice(0, 1);
  for (const each of kept) if (!staying.includes(each)) plan.remove.push(each.slice);
  for (const { slice, endpoints: content } of staying) {
    const labels = labelsOf(service);
    if (equal(slice.endpoints ?? [], content) && equal(slice.metadata.labels, labels)) continue;
    plan.update.push({ ...slice, metadata: { ...slice.metadata, labels }, endpoints: content });
  }
  while (newcomers.length > 0) plan.create.push(newSlice(service, ports, newcomers.splice(0, endpointsPerSlice)));
  if (staying.length === 0 && endpoints.length === 0) plan.create.push(newSlice(service, ports, []));
}

/** The same Pod at the same address: it keeps its place in a slice. */
const identity = ({ addresses, targetRef }: Endpoint): string =>
  JSON.stringify([addresses, targetRef?.uid, targetRef?.name]);

/** Slices are told apart by port numbers; the order of ports does not matter. */
function samePorts(a: EndpointPort[], b: EndpointPort[]): boolean {
  const sorted = (ports: EndpointPort[]) => ports.map(portKey).toSorted();
  return equal(sorted(a), sorted(b));
}

export const portKey = ({ name = '', port, protocol = 'TCP', appProtocol = '' }: EndpointPort): string =>
  [name, port, protocol, appProtocol].join('/');

function labelsOf({ metadata, spec }: Service): Record<string, string> {
  const headless = !spec.clusterIP || spec.clusterIP === 'None';
  const { [headlessLabel]: _headless, ...labels } = metadata.labels ?? {};
  return {
    ...labels,
    ...(headless && { [headlessLabel]: '' }),
    [serviceLabel]: metadata.name,
    [managedByLabel]: manager,
  };
}

function newSlice(service: Service, ports: EndpointPort[], endpoints: Endpoint[]): EndpointSlice {
  const metadata = { ...metadataBelow(service), labels: labelsOf(service) };
  const type = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' };
  return { ...type, metadata, endpoints, ports };
}

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
