/** Faults between the nodes: routes and the tunnel. */
import type { FabricState, Tunnel } from '../model/fabric.ts';
import type { Mutant } from '../model/index.ts';
import type { Fault } from './fault.ts';

const changed = (change: (state: FabricState) => Partial<FabricState>) => (): Mutant => (desired) => ({
  ...desired,
  fabric: { ...desired.fabric, ...change(desired.fabric) },
});

const inTunnel = (change: (tunnel: Tunnel) => Partial<Tunnel>) =>
  changed(({ tunnel }) => (tunnel === undefined ? {} : { tunnel: { ...tunnel, ...change(tunnel) } }));

export const fabricFaults: Record<string, Fault> = {
  'fabric-node-without-route': {
    fault: 'the route to one of the other nodes is missing',
    link: 'https://github.com/rancher/rancher/issues/13644',
    seenBy: ['pods/connections/pods-of-different-namespaces', 'pods/connections/pods-of-different-nodes'],
    make: changed(({ routes }) => ({ routes: routes.slice(0, -1) })),
  },
  'fabric-tunnel-mac-stale': {
    fault: 'the tunnel sends to another MAC address than the one that the node has',
    link: 'https://github.com/flannel-io/flannel/issues/1795',
    seenBy: ['pods/connections/pods-of-different-namespaces', 'pods/connections/pods-of-different-nodes'],
    fabric: 'vxlan',
    make: inTunnel(({ peers }) => ({
      peers: peers.map((peer, i) => (i === peers.length - 1 ? { ...peer, mac: '0a:58:00:00:00:01' } : peer)),
    })),
  },
  'fabric-tunnel-to-wrong-node': {
    fault: 'the tunnel sends what is for one node to another one',
    link: 'https://github.com/projectcalico/calico/issues/7281',
    seenBy: ['pods/connections/pods-of-different-namespaces', 'pods/connections/pods-of-different-nodes'],
    fabric: 'vxlan',
    make: inTunnel(({ peers }) => ({ peers: peers.map((peer) => ({ ...peer, node: peers[0]?.node ?? peer.node })) })),
  },
};
