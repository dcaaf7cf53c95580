import type { Protocol } from './objects.ts';

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
