import type { Protocol } from '../objects.ts';

export interface Endpoint {
  address: string;
  port: number;
}

/**
 * Chooses one endpoint for a new connection. One per Service port and per way of treating traffic: cluster-internal,
 * external with the client's address kept, external with masquerade.
 */
export interface Balancer {
  /** `namespace/name:port/protocol variant`, unique and lasting: identities in the kernel follow it. */
  key: string;
  protocol: Protocol;
  endpoints: Endpoint[];
  /** Not chosen any more but still serving: flows of a connectionless protocol stay with them. */
  draining: Endpoint[];
  /** Replies must come back through this node, so the node's address becomes the source. */
  masquerade: boolean;
  /** Seconds that a client stays with its endpoint after its last new connection. Absent: no affinity. */
  affinity?: number;
  /** What a client sees when there is no endpoint. `drop` is for traffic policy Local with endpoints elsewhere. */
  whenEmpty: 'reject' | 'drop';
  /** Whether flows of an endpoint that has gone are forgotten by connection tracking (UDP), or end by themselves. */
  forgetFlows: boolean;
}

/** An address and port at which a balancer is reached. */
export interface Frontend {
  address: string;
  protocol: Protocol;
  port: number;
  /** Key of the balancer. */
  balancer: string;
}

/** externalTrafficPolicy Local keeps to local endpoints what comes from outside; clients inside go elsewhere. */
interface Shortcut {
  /** Key of the balancer that the frontend names. */
  balancer: string;
  /** Key of the balancer for Pods of this node. */
  pods: string;
  /** Key of the balancer for the node itself. */
  node: string;
}

/** One Service. The same object is given again while neither the Service nor its endpoints have changed. */
export interface ServiceEntry {
  /** `namespace/name` */
  name: string;
  /** Addresses of which every port belongs to the Service: unknown ports are rejected. */
  clusterIPs: string[];
  /** ClusterIPs, external and load-balancer addresses. */
  frontends: Frontend[];
  /** On the node's own address. `address` is empty. */
  nodePorts: Frontend[];
  balancers: Balancer[];
  shortcuts: Shortcut[];
  /** At external addresses that are other Services' ClusterIPs: not served, since a ClusterIP is one Service's own. */
  refused?: Frontend[];
  /** The HTTP port at which a load balancer asks whether this node has endpoints of its own. */
  healthCheck?: { port: number; localEndpoints: number };
}

export interface ServiceState {
  entries: Map<string, ServiceEntry>;
  /** Addresses of this node on which node ports are served. */
  nodeAddresses: string[];
  /** Addresses of this node's Pods: one that reaches itself through a Service is masqueraded (hairpin). */
  hairpin: string[];
  /** Ranges of this node's Pods, `first-last`. */
  localPods: string[];
  /** Ranges of all Pods, `first-last`: other clients of a ClusterIP are masqueraded. Empty: unknown. */
  clusterPods: string[];
  /** Ranges that ClusterIPs come from, `first-last`: nobody else has such an address. Empty: unknown. */
  clusterIPRanges: string[];
}
