import type { Protocol } from '../objects.ts';

/** One host port of one Pod of this node. */
export interface HostPort {
  /** 0.0.0.0: every address of the node. */
  hostIP: string;
  protocol: Protocol;
  hostPort: number;
  address: string;
  port: number;
}

export interface HostPortState {
  ports: HostPort[];
  /**
   * Host ends of veths that need `net.ipv4.conf.<interface>.route_localnet=1`, so that 127.0.0.1:hostPort is answered.
   */
  routeLocalnet: string[];
}
