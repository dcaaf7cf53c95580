/** What the model reads of objects, and nothing else: one function a kind, from the full object to what is kept. */
import type {
  ContainerObject,
  EndpointSliceObject,
  Labels,
  Meta,
  NamespaceObject,
  NetworkPolicyObject,
  NodeObject,
  PodObject,
  ServiceObject,
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

export const slimService = ({ metadata, spec, status }: ServiceObject): ServiceObject => ({
  metadata: meta(metadata),
  ...(spec === undefined ? {} : { spec }),
  ...(status === undefined ? {} : { status }),
});

export const slimSlice = ({ metadata, addressType, endpoints, ports }: EndpointSliceObject): EndpointSliceObject => ({
  metadata: meta(metadata),
  addressType,
  ...(endpoints === undefined ? {} : { endpoints }),
  ...(ports === undefined ? {} : { ports }),
});

/** No resourceVersion: an object whose version alone changed is the same object to the model. */
function meta({ name, namespace, uid, creationTimestamp, deletionTimestamp, labels }: Meta): Meta {
  const given: { [key: string]: string | Labels | undefined } = {
    namespace,
    uid,
    creationTimestamp,
    deletionTimestamp,
    labels,
  };
  return { name, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}
