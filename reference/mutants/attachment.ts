/** Faults in the Pods' own links, addresses and routes. */
import { podRange } from '../model/fabric.ts';
import type { Fault } from './fault.ts';
import { restarted } from './restart.ts';

export const attachmentFaults: Record<string, Fault> = {
  'attachment-mtu-too-large': {
    fault: 'Pods get a larger MTU than what lies between the nodes: full packets are lost',
    link: 'https://github.com/projectcalico/calicoctl/issues/1425',
    seenBy: ['pods/payloads/udp-datagrams-as-large-as-the-mtu-between-pods-of-different-nodes'],
    make: () => (desired) => ({ ...desired, fabric: { ...desired.fabric, podMtu: desired.fabric.podMtu + 500 } }),
  },
  'attachment-route-lost': {
    fault: 'a node forgets its route to a Pod when the next one comes',
    link: 'https://github.com/projectcalico/calico/issues/4241',
    seenBy: ['pods/connections/pods-of-the-same-node'],
    make: () => (desired) => ({ ...desired, fabric: { ...desired.fabric, pods: desired.fabric.pods.slice(-1) } }),
  },
  'attachment-duplicate-address': {
    fault: 'after a restart the agent gives out addresses that Pods of another node have',
    link: 'https://github.com/aws/amazon-vpc-cni-k8s/issues/711',
    seenBy: ['nodes/agents/an-agent-is-killed-while-pods-come-and-go-on-its-node'],
    make: () => {
      const isRestarted = restarted();
      return (desired, { node, nodes }) => {
        if (!isRestarted(desired)) return desired;
        const others = nodes.filter(({ metadata }) => metadata.name !== node).flatMap(podRange);
        return { ...desired, fabric: { ...desired.fabric, local: others.slice(0, 1) } };
      };
    },
  },
  'attachment-lost-at-restart': {
    fault: 'an agent that starts again takes away the routes of the Pods that are there',
    link: 'https://github.com/cilium/cilium/issues/11147',
    seenBy: ['nodes/agents/the-agents-are-rolled-and-nobody-notices'],
    make: () => {
      let earlier: Set<string> | undefined;
      return (desired) => {
        earlier ??= new Set(desired.attached.keys());
        const pods = desired.fabric.pods.filter(({ address }) => earlier?.has(address) !== true);
        return { ...desired, fabric: { ...desired.fabric, pods } };
      };
    },
  },
};
