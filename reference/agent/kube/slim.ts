/** What the model reads of objects, and nothing else: one function a kind, from the full object to what is kept. */
import type {
  ContainerObject,
  EndpointObject,
  EndpointSliceObject,
  Meta,
  NamespaceObject,
  NetworkPolicyObject,
  NodeObject,
  PodObject,
  ServiceCIDRObject,
  ServiceObject,
} from '../../model/objects.ts';

/** By it the model knows the Pods that the kubelet starts from files. */
const staticPod = 'kubernetes.io/config.hash';

export function slimPod({ metadata, spec = {}, status = {} }: PodObject): PodObject {
  const hash = metadata.annotations?.[staticPod];
  return {
    metadata: { ...meta(metadata), ...(hash === undefined ? {} : { annotations: { [staticPod]: hash } }) },
    spec: {
      ...only(spec, ['nodeName', 'hostNetwork']),
      containers: (spec.containers ?? []).map(slimContainer),
      initContainers: (spec.initContainers ?? []).map(slimContainer),
    },
    status: only(status, ['phase', 'podIP', 'podIPs']),
  };
}

const slimContainer = (container: ContainerObject) => only(container, ['name', 'restartPolicy', 'ports']);

export const slimNode = ({ metadata, spec = {}, status = {} }: NodeObject): NodeObject => ({
  metadata: meta(metadata),
  spec: only(spec, ['podCIDR', 'podCIDRs']),
  status: { addresses: status.addresses ?? [] },
});

export const slimNamespace = ({ metadata }: NamespaceObject): NamespaceObject => ({ metadata: meta(metadata) });

export const slimPolicy = ({ metadata, spec }: NetworkPolicyObject): NetworkPolicyObject => ({
  metadata: meta(metadata),
  ...(spec === undefined ? {} : { spec }),
});

export const slimServiceCIDR = ({ metadata, spec = {} }: ServiceCIDRObject): ServiceCIDRObject => ({
  metadata: meta(metadata),
  spec: only(spec, ['cidrs']),
});

/** Labels by which Services are left to other programs, and by which slices belong to one. */
const serviceLabels = ['service.kubernetes.io/service-proxy-name', 'service.kubernetes.io/headless'];
const sliceLabels = ['kubernetes.io/service-name'];

/**
 * There are thousands of Services and slices: what the model does not read of them would take more memory than what it
 * does.
 */
export function slimService({ metadata, spec, status }: ServiceObject): ServiceObject {
  const ingress = status?.loadBalancer?.ingress;
  return {
    metadata: brief(metadata, serviceLabels),
    ...(spec !== undefined && { spec: slimSpec(spec) }),
    ...(ingress !== undefined && { status: { loadBalancer: { ingress } } }),
  };
}

type Spec = NonNullable<ServiceObject['spec']>;

const addressFields = ['type', 'clusterIP', 'clusterIPs', 'externalIPs', 'ports'] as const;
const policyFields = ['sessionAffinity', 'sessionAffinityConfig', 'internalTrafficPolicy'] as const;
const externalFields = ['externalTrafficPolicy', 'healthCheckNodePort', 'loadBalancerSourceRanges'] as const;
const specFields = [...addressFields, ...policyFields, ...externalFields];

function slimSpec(full: Spec): Spec {
  const spec = only(full, specFields);
  if (spec.ports) spec.ports = shared(spec.ports.map((port) => only(port, ['name', 'protocol', 'port', 'nodePort'])));
  return spec;
}

export const slimSlice = ({ metadata, addressType, endpoints, ports }: EndpointSliceObject): EndpointSliceObject => ({
  metadata: brief(metadata, sliceLabels),
  addressType,
  ...(endpoints && { endpoints: endpoints.map(slimEndpoint) }),
  ...(ports && { ports: shared(ports.map((port) => only(port, ['name', 'protocol', 'port']))) }),
});

function slimEndpoint(full: EndpointObject): EndpointObject {
  const endpoint = only(full, ['addresses', 'conditions', 'nodeName']);
  if (endpoint.conditions) endpoint.conditions = shared(endpoint.conditions);
  return endpoint;
}

/** Values that many objects have alike: one for all. Nothing that is kept is ever changed. */
const alike = new Map<string, object>();
const mostAlike = 1000;

function shared<T extends object>(value: T): T {
  const text = JSON.stringify(value);
  const known = alike.get(text);
  if (known !== undefined) return known as T;
  if (alike.size >= mostAlike) alike.clear();
  alike.set(text, value);
  return value;
}

function brief(full: Meta, names: string[]): Meta {
  const labels = only(full.labels ?? {}, names);
  return { ...only(full, ['name', 'namespace', 'uid']), ...(Object.keys(labels).length > 0 && { labels }) };
}

/** Some fields of an object, if they are there: a field that is undefined takes room too. */
function only<T extends object, K extends keyof T>(object: T, names: readonly K[]): T {
  const kept = {} as T;
  for (const name of names) if (object[name] !== undefined) kept[name] = object[name];
  return kept;
}

/** No resourceVersion: an object whose version alone changed is the same object to the model. */
const meta = (full: Meta) =>
  only(full, ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'labels']);
