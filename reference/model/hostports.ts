import { canonicalAddress } from './cidr.ts';
import type { Protocol } from './objects.ts';
import type { Attachment, PortMapping } from './types.ts';

/** One host port of one Pod of this node. */
interface HostPort {
  /** 0.0.0.0: every address of the node. */
  hostIP: string;
  protocol: Protocol;
  hostPort: number;
  address: string;
  port: number;
}

export interface HostPortState {
  ports: HostPort[];
  /** Host ends that need `net.ipv4.conf.<interface>.route_localnet=1`, so that 127.0.0.1:hostPort is answered. */
  routeLocalnet: string[];
}

const ANY = '0.0.0.0';

/**
 * The `portMappings` of all attachments (https://www.cni.dev/docs/conventions/, capability portMappings): one port of
 * the node, on all of its addresses or on one, leads to one Pod. Several Pods may share a port with different addresses
 * or protocols. Where two claim the same, the attachment that is listed last has it: the other one is on its way out.
 */
export function hostPorts(attachments: Attachment[]): HostPortState {
  const ports = new Map<string, HostPort>();
  const routeLocalnet = new Set<string>();
  for (const { ip, hostInterface, portMappings } of attachments) {
    const address = canonicalAddress(ip);
    if (address === undefined) continue;
    for (const mapping of portMappings) {
      const hostPort = readMapping(mapping, address);
      if (hostPort === undefined) continue;
      ports.set(`${hostPort.hostIP} ${hostPort.protocol} ${hostPort.hostPort}`, hostPort);
      if (hostPort.hostIP === ANY || hostPort.hostIP.startsWith('127.')) routeLocalnet.add(hostInterface);
    }
  }
  return { ports: [...ports.values()], routeLocalnet: [...routeLocalnet] };
}

function readMapping(mapping: PortMapping, address: string): HostPort | undefined {
  const { hostPort, containerPort, hostIP = ANY, protocol } = mapping;
  // An address of the other family is for the other family's table.
  const canonical = hostIP === '' ? ANY : canonicalAddress(hostIP);
  if (hostPort === 0 || canonical === undefined) return undefined;
  return { hostIP: canonical, protocol, hostPort, address, port: containerPort };
}
