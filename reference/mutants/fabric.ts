/** Faults between the nodes: routes and the tunnel. */
import { type FabricState, fabric, type Tunnel } from '../model/fabric.ts';
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
  'fabric-late-nodes-unknown': {
    fault: 'a node that joins after a node has taken its first Pod gets no route there',
    link: 'https://github.com/cloudnativelabs/kube-router/issues/1559',
    seenBy: ['nodes/a-node-joins-late/pods-on-a-node-that-joined-late-reach-the-others-and-are-reached'],
    make: () => {
      let known: Set<string | undefined> | undefined;
      return (desired, snapshot) => {
        const { nodes, node } = snapshot;
        if (known === undefined || desired.attached.size === 0)
          known = new Set(nodes.map(({ metadata }) => metadata.uid));
        const first = nodes.filter(({ metadata }) => metadata.name === node || known?.has(metadata.uid));
        return { ...desired, fabric: fabric({ ...snapshot, nodes: first }) };
      };
    },
  },
  'fabric-tunnel-overhead-forgotten': {
    fault: 'the MTU leaves no room for the headers of the tunnel',
    link: 'https://github.com/cozystack/cozystack/pull/2147',
    seenBy: ['pods/payloads/udp-datagrams-as-large-as-the-mtu-between-pods-of-different-nodes'],
    fabric: 'vxlan',
    make: changed(({ podMtu, tunnel }) => ({
      podMtu: podMtu + 50,
      ...(tunnel && { tunnel: { ...tunnel, mtu: tunnel.mtu + 50 } }),
    })),
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
};
