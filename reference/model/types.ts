/**
 * What goes into the model. Plain data: no functions, no I/O, nothing that is changed afterwards, but for the index, in
 * which the same data is arranged.
 */
import type { Attachment } from './attachment.ts';
import type {
  EndpointSliceObject,
  NamespaceObject,
  NetworkPolicyObject,
  NodeObject,
  PodObject,
  ServiceCIDRObject,
  ServiceObject,
} from './objects.ts';
import type { PodIndex } from './pod-index.ts';

export type { Attachment, PortMapping } from './attachment.ts';

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
  /** What follows from `pods`, `namespaces` and `attachments`, followed up to here. Absent: it is made of them. */
  index?: PodIndex | undefined;
}
