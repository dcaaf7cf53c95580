/** What goes into the model and what comes out of it. Plain data: no functions, no I/O, nothing that is changed afterwards. */
import type { FabricState, Underlay } from './fabric.ts';
import type { HostPortState } from './hostports/types.ts';
import type { MasqueradeState } from './masquerade.ts';
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
import type { PolicyState } from './policies/types.ts';
import type { ServiceState } from './services/types.ts';

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

/**
 * Everything the model knows, at one moment.
 *
 * `attachments` lists all of this node's, the one being added included: an address in it belongs to that attachment's Pod and
 * to no other, whatever the API still says. `pods` keeps the last known object of a Pod that the API has forgotten while an
 * attachment with its uid remains: its policy has to hold until DEL.
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
}

/** What the node's kernel has to do, and the one thing that mutants change. */
export interface Desired {
  fabric: FabricState;
  /** Addresses of this node's Pods -> container id. When one changes hands, connection tracking forgets what it knew. */
  attached: Map<string, string>;
  services: ServiceState;
  hostPorts: HostPortState;
  masquerade: MasqueradeState;
  policies: PolicyState;
}

/** A fault between model and dataplane: see reference/mutants. */
export type Mutant = (desired: Desired, snapshot: Snapshot) => Desired;
