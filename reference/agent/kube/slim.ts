/** What the model reads of objects, and nothing else: one function a kind, from the full object to what is kept. */
import type {
  ContainerObject,
  EndpointObject,
  EndpointSliceObject,
  Labels,
  Meta,
  NamespaceObject,
  NetworkPolicyObject,
  NodeObject,
  PodObject,
  ServiceObject,
  ServicePortObject,
} from '../../model/objects.ts';

/** By it the model knows the Pods that the kubelet starts from files. */
const staticPod = 'kubernetes.io/config.hash';

export function slimPod({ metadata, spec = {}, status = {} }: PodObject): PodObject {
  const hash = metadata.annotations?.[staticPod];
  return {
    metadata: { ...meta(metadata), ...(hash === undefined ? {} : { annotations: { [staticPod]: hash } }) },
    spec: {
      ...(spec.nodeName === undefined ? {} : { nodeName: spec.nodeName }),
      ...(spec.hostNetwork === undefined ? {} : { hostNetwork: spec.hostNetwork }),
      containers: (spec.containers ?? []).map(slimContainer),
      initContainers: (spec.initContainers ?? []).map(slimContainer),
    },
    status: {
      ...(status.phase === undefined ? {} : { phase: status.phase }),
      ...(status.podIP === undefined ? {} : { podIP: status.podIP }),
      ...(status.podIPs === undefined ? {} : { podIPs: status.podIPs }),
    },
  };
}

const slimContainer = ({ name, restartPolicy, ports }: ContainerObject): ContainerObject => ({
  name,
  ...(restartPolicy === undefined ? {} : { restartPolicy }),
  ...(ports === undefined ? {} : { ports }),
});

export const slimNode = ({ metadata, spec = {}, status = {} }: NodeObject): NodeObject => ({
  metadata: meta(metadata),
  spec: {
    ...(spec.podCIDR === undefined ? {} : { podCIDR: spec.podCIDR }),
    ...(spec.podCIDRs === undefined ? {} : { podCIDRs: spec.podCIDRs }),
  },
  status: { addresses: status.addresses ?? [] },
});

export const slimNamespace = ({ metadata }: NamespaceObject): NamespaceObject => ({ metadata: meta(metadata) });

export const slimPolicy = ({ metadata, spec }: NetworkPolicyObject): NetworkPolicyObject => ({
  metadata: meta(metadata),
  ...(spec === undefined ? {} : { spec }),
});

/** Labels by which Services are left to other programs, and by which slices belong to one. */
const serviceLabels = ['service.kubernetes.io/service-proxy-name', 'service.kubernetes.io/headless'];
const sliceLabels = ['kubernetes.io/service-name'];

/** There are thousands of Services and slices: what the model does not read of them would take more memory than what it does. */
export function slimService({ metadata, spec, status }: ServiceObject): ServiceObject {
  const ingress = status?.loadBalancer?.ingress;
  return {
    metadata: brief(metadata, serviceLabels),
    ...(spec !== undefined && { spec: slimSpec(spec) }),
    ...(ingress !== undefined && { status: { loadBalancer: { ingress } } }),
  };
}

function slimSpec(spec: NonNullable<ServiceObject['spec']>): NonNullable<ServiceObject['spec']> {
  const ports = spec.ports?.map(({ name, protocol, port, nodePort }) =>
    present<ServicePortObject>({ name, protocol, port, nodePort }),
  );
  return present({
    type: spec.type,
    clusterIP: spec.clusterIP,
    clusterIPs: spec.clusterIPs,
    externalIPs: spec.externalIPs,
    ports: ports === undefined ? undefined : shared(ports),
    sessionAffinity: spec.sessionAffinity,
    sessionAffinityConfig: spec.sessionAffinityConfig,
    internalTrafficPolicy: spec.internalTrafficPolicy,
    externalTrafficPolicy: spec.externalTrafficPolicy,
    healthCheckNodePort: spec.healthCheckNodePort,
    loadBalancerSourceRanges: spec.loadBalancerSourceRanges,
  });
}

export const slimSlice = ({ metadata, addressType, endpoints, ports }: EndpointSliceObject): EndpointSliceObject => ({
  metadata: brief(metadata, sliceLabels),
  addressType,
  ...(endpoints && { endpoints: endpoints.map(slimEndpoint) }),
  ...(ports && {
    ports: shared(ports.map(({ name, protocol, port }) => present<SlicePortObject>({ name, protocol, port }))),
  }),
});

type SlicePortObject = NonNullable<EndpointSliceObject['ports']>[number];

const slimEndpoint = ({ addresses, conditions, nodeName }: EndpointObject): EndpointObject =>
  present({ addresses, conditions: conditions && shared(conditions), nodeName });

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

function brief({ name, namespace, uid, labels }: Meta, names: string[]): Meta {
  const some = names.flatMap((name) => (labels?.[name] === undefined ? [] : [[name, labels[name]]]));
  const kept = some.length === 0 ? undefined : (Object.fromEntries(some) as Labels);
  return present<Meta>({ name, namespace, uid, labels: kept });
}

/** Without what is not there: a field that is undefined takes room too. */
function present<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** No resourceVersion: an object whose version alone changed is the same object to the model. */
function meta({ name, namespace, uid, creationTimestamp, deletionTimestamp, labels }: MetaFields): Meta {
  return present<Meta>({ name, namespace, uid, creationTimestamp, deletionTimestamp, labels });
}

type MetaFields = { [K in keyof Meta]: Meta[K] | undefined };
