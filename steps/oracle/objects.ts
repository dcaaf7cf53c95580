/**
 * What the oracle is told: the objects of a cluster as a user writes them, before any server has put defaults in
 * (https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/). An absent field and a null one
 * mean the same.
 */

export type Labels = Record<string, string>;
export type Protocol = 'TCP' | 'UDP' | 'SCTP';

export interface Requirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values?: string[] | null;
}

export interface LabelSelector {
  matchLabels?: Labels | null;
  matchExpressions?: Requirement[] | null;
}

export interface PolicyPeer {
  podSelector?: LabelSelector | null;
  namespaceSelector?: LabelSelector | null;
  ipBlock?: { cidr: string; except?: string[] | null } | null;
}

export interface PolicyPort {
  protocol?: Protocol | null;
  /** A number, or the name of a port of the Pod that the connection goes to. */
  port?: number | string | null;
  endPort?: number | null;
}

export interface PolicySpec {
  podSelector?: LabelSelector | null;
  policyTypes?: ('Ingress' | 'Egress')[] | null;
  ingress?: { from?: PolicyPeer[] | null; ports?: PolicyPort[] | null }[] | null;
  egress?: { to?: PolicyPeer[] | null; ports?: PolicyPort[] | null }[] | null;
}

export interface Policy {
  namespace: string;
  name: string;
  spec: PolicySpec;
}

export interface Pod {
  namespace: string;
  name: string;
  labels: Labels;
  ip: string;
  /** The containers' ports that have a name. */
  namedPorts: { name: string; protocol: Protocol; port: number }[];
}

/** Everything that decides whether Pods may talk. */
export interface Cluster {
  namespaces: { name: string; labels: Labels }[];
  pods: Pod[];
  policies: Policy[];
}

/** One connection, from the Pod that opens it. */
export interface Connection {
  from: Pod;
  to: Pod;
  protocol: Protocol;
  port: number;
}
