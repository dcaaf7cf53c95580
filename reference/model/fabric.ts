/** How Pods of different nodes reach each other: routes through the nodes' own addresses, or through a VXLAN tunnel. */
import { contains, formatAddress, parseAddress, parseCIDR } from './cidr.ts';
import { lastingBut } from './memo.ts';
import { besideNodes, nodeAddress, ownNode, podRange } from './nodes.ts';
import type { Snapshot, Underlay, UnderlayLink } from './types.ts';

interface FabricRoute {
  /** The other node's Pod range. */
  destination: string;
  via: string;
  device: string;
  /** The gateway is in no subnet of the device: the kernel must take our word for it. */
  onlink: boolean;
}

interface TunnelPeer {
  /** The peer's address inside the tunnel: the first of its Pod range, which no Pod gets. */
  address: string;
  mac: string;
  /** Where the packets go: the peer's node address. */
  node: string;
}

/** One VXLAN device. All that a peer has to know follows from Node objects: nodes never tell each other anything. */
export interface Tunnel {
  device: string;
  id: number;
  port: number;
  local: string;
  address: string;
  mac: string;
  mtu: number;
  peers: TunnelPeer[];
}

export interface FabricState {
  /** MTU of Pods' links: what fits through whatever the fabric uses. */
  podMtu: number;
  /** This node's Pod ranges: what no Pod has is "unreachable", and does not leave by the default route. */
  local: string[];
  /** Pods of this node: address and host end of their link. */
  pods: { address: string; device: string }[];
  routes: FabricRoute[];
  tunnel?: Tunnel;
}

export const tunnelDevice = 'nvvxlan';
/** Flannel's port; the network identifier is netvet's own, so that both could live on one node. */
const tunnelPort = 8472;
const tunnelId = 7878;
/** Outer Ethernet, IPv4, UDP and VXLAN headers. */
const tunnelOverhead = 50;
const defaultMtu = 1500;

/**
 * The fabric of one node. A node without a Pod range or an IPv4 InternalIP is not there yet, and left out. Directly
 * reachable is a node whose InternalIP lies in the subnet of one of this node's links, as in flannel's host-gw.
 */
export function fabric(snapshot: Snapshot): FabricState {
  const { node, underlay, attachments } = snapshot;
  const own = ownNode(snapshot);
  const local = own === undefined ? [] : podRange(own);
  const pods = podLinks(attachments);
  const ownAddress = own === undefined ? undefined : nodeAddress(own);
  const uplink = underlay?.links.find(({ addresses }) => addresses.some(({ address }) => address === ownAddress));
  const linkMtu = uplink?.mtu ?? defaultMtu;
  const alone: FabricState = { podMtu: linkMtu, local, pods, routes: [] };
  if (underlay === undefined) return alone;

  const peers = snapshot.nodes.flatMap((one) => {
    const [destination] = podRange(one);
    const address = nodeAddress(one);
    if (one.metadata.name === node || destination === undefined || address === undefined) return [];
    const link = isDirect(underlay, address) ? linkTo(underlay, address) : undefined;
    return [{ destination, address, link: link?.name }];
  });
  const direct = peers.flatMap(({ destination, address, link }) =>
    link === undefined ? [] : [{ destination, via: address, device: link, onlink: false }],
  );
  const distant = peers.filter(({ link }) => link === undefined);
  const [ownRange] = local;
  const tunnelled = underlay.mode === 'vxlan' || distant.length > 0;
  if (!tunnelled || ownRange === undefined || ownAddress === undefined) return { ...alone, routes: direct };

  const mtu = linkMtu - tunnelOverhead;
  return {
    ...alone,
    podMtu: mtu,
    routes: [
      ...direct,
      ...distant.map(({ destination }) => ({
        destination,
        via: endOf(destination).address,
        device: tunnelDevice,
        onlink: true,
      })),
    ],
    tunnel: {
      device: tunnelDevice,
      id: tunnelId,
      port: tunnelPort,
      local: ownAddress,
      ...endOf(ownRange),
      mtu,
      peers: distant.map(({ destination, address }) => ({ ...endOf(destination), node: address })),
    },
  };
}

/** The same, remembered for as long as nothing about nodes changes; its Pods may be those of an earlier time. */
export const nodeFabric = lastingBut(besideNodes, fabric);

export const podLinks = (attachments: Snapshot['attachments']): FabricState['pods'] =>
  attachments.map(({ ip, hostInterface }) => ({ address: ip, device: hostInterface }));

/** Whether a link of this node leads to the address itself, and so does one of the other node's to this node's Pods. */
export const isDirect = (underlay: Underlay | undefined, address: string): boolean =>
  underlay?.mode === 'auto' && linkTo(underlay, address) !== undefined;

/** A tunnel end: the range's first address, and a MAC that follows from it (0a:58 as in Kubernetes' own bridges). */
function endOf(range: string): { address: string; mac: string } {
  const address = formatAddress(parseCIDR(range)?.[0] ?? 0);
  return { address, mac: macOf(address) };
}

/** The locally administered MAC address of an IPv4 address. */
export const macOf = (address: string): string =>
  ['0a', '58', ...address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'))].join(':');

/** The link in whose subnet the address lies; of several, that with the longest prefix, as in the kernel. */
function linkTo({ links }: Underlay, address: string): UnderlayLink | undefined {
  const all = links.flatMap((link) => link.addresses.map((one) => ({ link, ...one })));
  return all
    .filter((one) => one.prefixLength < 32 && together(one.address, address, one.prefixLength))
    .toSorted((a, b) => b.prefixLength - a.prefixLength)[0]?.link;
}

/** Whether both lie in the same subnet. */
function together(a: string, b: string, prefixLength: number): boolean {
  const subnet = parseCIDR(`${a}/${prefixLength}`);
  return subnet !== undefined && contains([subnet], parseAddress(b) ?? -1);
}
