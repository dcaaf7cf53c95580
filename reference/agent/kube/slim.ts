/** What the model reads of objects, and nothing else: one function a kind, from the full object to what is kept. */
import type {
  EndpointSliceObject,
  NamespaceObject,
  NetworkPolicyObject,
  NodeObject,
  PodObject,
  ServiceCIDRObject,
  ServiceObject,
} from '../../model/objects.ts';

/** Which fields are kept: all of one (true) or some of it; of a list, those of each element. */
type Shape<T> = T extends readonly (infer Element)[]
  ? Shape<Element>
  : { readonly [K in keyof T]?: true | Shape<NonNullable<T[K]>> };

/** No resourceVersion: an object whose version alone changed is the same object to the model. */
const identity = { name: true, namespace: true, uid: true } as const;
const metadata = { ...identity, creationTimestamp: true, deletionTimestamp: true, labels: true } as const;
const container = { name: true, restartPolicy: true, ports: true } as const;

/** By the annotation the model knows the Pods that the kubelet starts from files. */
const shortenPod = slimmer<PodObject>({
  metadata: { ...metadata, annotations: { 'kubernetes.io/config.hash': true } },
  spec: { nodeName: true, hostNetwork: true, containers: container, initContainers: container },
  status: { phase: true, podIP: true, podIPs: true },
});

/** There are more Pods than anything else: a list that says what `podIP` says is left out. */
export function slimPod(full: PodObject): PodObject {
  const pod = shortenPod(full);
  const { podIP, podIPs, ...status } = pod.status ?? {};
  if (podIPs?.length !== 1 || podIPs[0]?.ip !== podIP) return pod;
  return { ...pod, status: { ...status, ...(podIP !== undefined && { podIP }) } };
}

export const slimNode = slimmer<NodeObject>({
  metadata,
  spec: { podCIDR: true, podCIDRs: true },
  status: { addresses: true },
});

export const slimNamespace = slimmer<NamespaceObject>({ metadata });
export const slimPolicy = slimmer<NetworkPolicyObject>({ metadata, spec: true });
export const slimServiceCIDR = slimmer<ServiceCIDRObject>({ metadata, spec: { cidrs: true } });

/**
 * There are thousands of Services and slices: what the model does not read of them would take more memory than what it
 * does. By the labels Services are left to other programs, and slices belong to one.
 */
export const slimService = slimmer<ServiceObject>({
  metadata: {
    ...identity,
    labels: { 'service.kubernetes.io/service-proxy-name': true, 'service.kubernetes.io/headless': true },
  },
  spec: {
    type: true,
    clusterIP: true,
    clusterIPs: true,
    externalIPs: true,
    sessionAffinity: true,
    sessionAffinityConfig: true,
    internalTrafficPolicy: true,
    externalTrafficPolicy: true,
    healthCheckNodePort: true,
    loadBalancerSourceRanges: true,
    ports: { name: true, protocol: true, port: true, nodePort: true },
  },
  status: { loadBalancer: { ingress: true } },
});

export const slimSlice = slimmer<EndpointSliceObject>({
  metadata: { ...identity, labels: { 'kubernetes.io/service-name': true } },
  addressType: true,
  endpoints: { addresses: true, conditions: true, nodeName: true },
  ports: { name: true, protocol: true, port: true },
});

function slimmer<T extends object>(shape: Shape<T>): (full: T) => T {
  return (full) => keep(full, shape) as T;
}

/** A field that is undefined or has nothing that is kept takes room too: it is left out. */
function keep(value: unknown, shape: object): unknown {
  if (Array.isArray(value)) return value.map((element) => keep(element, shape));
  if (typeof value !== 'object' || value === null) return value;
  const kept: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(shape) as [string, true | object][]) {
    const field = (value as Record<string, unknown>)[name];
    const part = inner === true ? field : keep(field, inner);
    if (part === undefined || (inner !== true && isEmpty(part))) continue;
    kept[name] = oftenAlike.has(name) ? shared(part) : part;
  }
  return kept;
}

const isEmpty = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

/**
 * Fields whose values many objects have alike, above all those that are listed one after the other: one for all.
 * Nothing that is kept is ever changed.
 */
const oftenAlike = new Set([
  ...['ports', 'conditions', 'labels', 'containers', 'initContainers'],
  ...['namespace', 'nodeName', 'phase', 'creationTimestamp'],
]);
const alike = new Map<string, unknown>();
const mostAlike = 5000;

function shared(value: unknown): unknown {
  const text = JSON.stringify(value);
  const known = alike.get(text);
  if (known !== undefined) return known;
  if (alike.size >= mostAlike) alike.clear();
  alike.set(text, value);
  return value;
}
