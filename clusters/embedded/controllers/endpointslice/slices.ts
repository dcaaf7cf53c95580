/** How a Service's endpoints are laid out in slices, changing as little as possible of those that exist. */
import { equal } from '../../api/json.ts';
import type { KubeObject } from '../../objects.ts';
import type { Endpoint, EndpointPort, EndpointSlice, Service } from '../kinds.ts';
import { controllerReference } from '../pods.ts';

export const serviceLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
const headlessLabel = 'service.kubernetes.io/headless';
export const manager = 'endpointslice-controller.k8s.io';

const endpointsPerSlice = 100;

/** Endpoints that share one set of port numbers. */
export interface PortGroup {
  ports: EndpointPort[];
  endpoints: Endpoint[];
}

export interface Plan {
  create: KubeObject[];
  update: EndpointSlice[];
  remove: EndpointSlice[];
}

/** What turns the slices that exist into the ones that are wanted. */
export function planSlices(service: Service, groups: PortGroup[], existing: EndpointSlice[]): Plan {
  const plan: Plan = { create: [], update: [], remove: [] };
  const rest = new Set(existing);
  // the slice of a Service without any endpoint has no ports either
  const wanted = groups.length > 0 ? groups : [{ ports: [], endpoints: [] }];
  for (const group of wanted) {
    const own = existing.filter((slice) => samePorts(slice.ports ?? [], group.ports));
    for (const slice of own) rest.delete(slice);
    planGroup(service, group, own, plan);
  }
  plan.remove.push(...rest);
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

function newSlice(service: Service, ports: EndpointPort[], endpoints: Endpoint[]): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: '',
      generateName: `${service.metadata.name}-`,
      namespace: service.metadata.namespace,
      labels: labelsOf(service),
      ownerReferences: [controllerReference(service)],
    },
    addressType: 'IPv4',
    endpoints,
    ports,
  };
}
