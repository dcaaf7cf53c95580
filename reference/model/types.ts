/** What goes into the model. Plain data: no functions, no I/O, nothing that is changed afterwards. */
import type {
  EndpointSliceObject,
  NamespaceObject,
  NetworkPolicyObject,
  NodeObject,
  PodObject,
  Protocol,
  ServiceCIDRObject,
  ServiceObject,
} from './objects.ts';

/** One `portMappings` entry of a CNI request. */
export interface PortMapping {
  hostPort: number;
  containerPort: number;
  protocol: Protocol;
  /** Absent, empty or 0.0.0.0: every address of the node, and its localhost. */
  hostIP?: string;
}

/** A Pod's network on this node, from a successful (or just now running) CNI ADD until its DEL. */
export interface Attachment {
  containerId: string;
  ifname: string;
  netns: string;
  /** Empty when the request named no Pod (cnitool). */
  namespace: string;
  pod: string;
  uid: string;
  ip: string;
  hostInterface: string;
  mac: string;
  mtu: number;
  portMappings: PortMapping[];
}

/** A link of this node that has an IPv4 address, as the kernel lists it. */
export interface UnderlayLink {
  name: string;
  mtu: number;
  addresses: { address: string; prefixLength: number }[];
}

export interface Underlay {
  /** `auto`: the tunnel only to nodes that no link reaches directly. `vxlan`: the tunnel to every node. */
  mode: 'auto' | 'vxlan';
  links: UnderlayLink[];
}

/** What another program has changed in the node's network since it was brought to the desired state. */
export interface Lost {
  /** Our tables of nftables, or something in them. */
  tables: boolean;
  /** Links, or routes. */
  links: boolean;
}

/**
 * Everything the model knows, at one moment.
 *
 * `attachments` lists all of this node's, the one being added included: an address in it belongs to that attachment's
 * Pod and to no other, whatever the API still says. `pods` keeps the last known object of a Pod that the API has
 * forgotten while an attachment with its uid remains: its policy has to hold until DEL.
 */
export interface Snapshot {
  /** The node that the desired state is for. */
  node: string;
  nodes: NodeObject[];
  services: ServiceObject[];
  endpointSlices: EndpointSliceObject[];
  pods: PodObject[];
  namespaces: NamespaceObject[];
  networkPolicies: NetworkPolicyObject[];
  /** None where the API has no such objects, before Kubernetes 1.33. */
  serviceCIDRs: ServiceCIDRObject[];
  attachments: Attachment[];
  /** The address ranges of all Pods. Empty: the nodes' own ranges together. */
  clusterCIDRs: string[];
  /** What this node's own links are like. Absent: not known yet, and nothing is said of other nodes. */
  underlay?: Underlay;
  /** Absent: nothing. */
  lost?: Lost;
}
