/** Faults in the Pods' own links, addresses and routes, and between the nodes: routes and the tunnel. */
import type { Tunnel } from '../model/fabric.ts';
import type { Mutant } from '../model/index.ts';
import { podRange } from '../model/nodes.ts';
import { type Fault, restarted, spoil } from './fault.ts';

const inTunnel = (change: (tunnel: Tunnel) => Partial<Tunnel>): Mutant =>
  spoil('fabric', ({ tunnel }) => (tunnel === undefined ? {} : { tunnel: { ...tunnel, ...change(tunnel) } }));

export const fabricFaults: Record<string, Fault> = {
  'attachment-mtu-too-large': {
    fault: 'Pods get a larger MTU than what lies between the nodes: full packets are lost',
    link: 'https://github.com/projectcalico/calicoctl/issues/1425',
    seenBy: ['pods/payloads/udp-datagrams-as-large-as-the-mtu-between-pods-of-different-nodes'],
    make: () => spoil('fabric', ({ podMtu }) => ({ podMtu: podMtu + 500 })),
  },
  'attachment-route-lost': {
    fault: 'a node forgets its route to a Pod when the next one comes',
    link: 'https://github.com/projectcalico/calico/issues/4241',
    seenBy: ['pods/connections/pods-of-the-same-node'],
    make: () => spoil('fabric', ({ pods }) => ({ pods: pods.slice(-1) })),
  },
  'attachment-duplicate-address': {
    fault: 'after a restart the agent gives out addresses that Pods of another node have',
    link: 'https://github.com/aws/amazon-vpc-cni-k8s/issues/711',
    seenBy: ['nodes/agents/an-agent-is-killed-while-pods-come-and-go-on-its-node'],
    make: () => {
      const isRestarted = restarted();
      return spoil('fabric', ({ local }, desired, { node, nodes }) => {
        const others = nodes.filter(({ metadata }) => metadata.name !== node).flatMap(podRange);
        return { local: isRestarted(desired) ? others.slice(0, 1) : local };
      });
    },
  },
  'attachment-lost-at-restart': {
    fault: 'an agent that starts again takes away the routes of the Pods that are there',
    link: 'https://github.com/cilium/cilium/issues/11147',
    seenBy: ['nodes/agents/the-agents-are-rolled-and-nobody-notices'],
    make: () => {
      let earlier: Set<string> | undefined;
      return spoil('fabric', ({ pods }, { attached }) => {
        earlier ??= new Set(attached.keys());
        return { pods: pods.filter(({ address }) => earlier?.has(address) !== true) };
      });
    },
  },
  'fabric-node-without-route': {
    fault: 'the route to one of the other nodes is missing',
    link: 'https://github.com/rancher/rancher/issues/13644',
    seenBy: ['pods/connections/pods-of-different-namespaces', 'pods/connections/pods-of-different-nodes'],
    make: () => spoil('fabric', ({ routes }) => ({ routes: routes.slice(0, -1) })),
  },
  'fabric-tunnel-mac-stale': {
    fault: 'the tunnel sends to another MAC address than the one that the node has',
    link: 'https://github.com/flannel-io/flannel/issues/1795',
    seenBy: ['pods/connections/pods-of-different-namespaces', 'pods/connections/pods-of-different-nodes'],
    fabric: 'vxlan',
    make: () =>
      inTunnel(({ peers }) => ({
        peers: peers.map((peer, i) => (i === peers.length - 1 ? { ...peer, mac: '0a:58:00:00:00:01' } : peer)),
      })),
  },
  'fabric-tunnel-to-wrong-node': {
    fault: 'the tunnel sends what is for one node to another one',
    link: 'https://github.com/projectcalico/calico/issues/7281',
    seenBy: ['pods/connections/pods-of-different-namespaces', 'pods/connections/pods-of-different-nodes'],
    fabric: 'vxlan',
    make: () =>
      inTunnel(({ peers }) => ({ peers: peers.map((peer) => ({ ...peer, node: peers[0]?.node ?? peer.node })) })),
  },
};
