/**
 * The fields of Kubernetes objects that the model reads, as the API server sends them in JSON: a list that is `[]` and
 * one that is absent are different things here (https://kubernetes.io/docs/reference/kubernetes-api/). Objects are
 * shared and never changed: the model remembers what it derived from an object while that very object is in use.
 */

export type Labels = Record<string, string>;
export type Protocol = 'TCP' | 'UDP' | 'SCTP';

export interface Meta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Labels;
  annotations?: Labels;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/node-v1/ */
export interface NodeObject {
  metadata: Meta;
  spec?: { podCIDR?: string; podCIDRs?: string[] };
  status?: { addresses?: { type: string; address: string }[] };
}

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/namespace-v1/ */
export interface NamespaceObject {
  metadata: Meta;
}

export interface ContainerPortObject {
  name?: string;
  containerPort: number;
  protocol?: Protocol;
}

interface ContainerObject {
  name: string;
  /** Of an init container: `Always` makes it a sidecar, which runs beside the others and whose ports count. */
  restartPolicy?: string;
  ports?: ContainerPortObject[];
}

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ */
export interface PodObject {
  metadata: Meta;
  spec?: {
    nodeName?: string;
    hostNetwork?: boolean;
    containers?: ContainerObject[];
    initContainers?: ContainerObject[];
  };
  status?: { phase?: string; podIP?: string; podIPs?: { ip: string }[] };
}

export interface ServicePortObject {
  name?: string;
  protocol?: Protocol;
  port: number;
  nodePort?: number;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/ */
export interface ServiceObject {
  metadata: Meta;
  spec?: {
    type?: string;
    clusterIP?: string;
    clusterIPs?: string[];
    externalIPs?: string[];
    ports?: ServicePortObject[];
    sessionAffinity?: string;
    sessionAffinityConfig?: { clientIP?: { timeoutSeconds?: number } };
    internalTrafficPolicy?: string;
    externalTrafficPolicy?: string;
    healthCheckNodePort?: number;
    loadBalancerSourceRanges?: string[];
  };
  status?: { loadBalancer?: { ingress?: { ip?: string; ipMode?: string }[] } };
}

/** https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-cidr-v1/ */
export interface ServiceCIDRObject {
  metadata: Meta;
  spec?: { cidrs?: string[] };
}

export interface EndpointObject {
  addresses: string[];
  /** Unknown (absent or null): `ready` means true, `serving` as `ready`, `terminating` false. */
  conditions?: { ready?: boolean | null; serving?: boolean | null; terminating?: boolean | null };
  nodeName?: string;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1/ */
export interface EndpointSliceObject {
  metadata: Meta;
  addressType: string;
  endpoints?: EndpointObject[] | null;
  ports?: { name?: string | null; protocol?: Protocol | null; port?: number | null }[] | null;
}

export interface LabelSelector {
  matchLabels?: Labels;
  matchExpressions?: { key: string; operator: string; values?: string[] | null }[];
}

export interface PolicyPeerObject {
  podSelector?: LabelSelector | null;
  namespaceSelector?: LabelSelector | null;
  ipBlock?: { cidr: string; except?: string[] | null } | null;
}

export interface PolicyPortObject {
  protocol?: Protocol | null;
  /** A number, or the name of a container port of the destination Pod. */
  port?: number | string | null;
  endPort?: number | null;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/ */
export interface NetworkPolicyObject {
  metadata: Meta;
  spec?: {
    podSelector?: LabelSelector;
    policyTypes?: string[] | null;
    ingress?: { from?: PolicyPeerObject[] | null; ports?: PolicyPortObject[] | null }[] | null;
    egress?: { to?: PolicyPeerObject[] | null; ports?: PolicyPortObject[] | null }[] | null;
  };
}
