/** Faults in what keeps a Pod from passing for another Pod, another node, a router, or its node itself. */
import { type Fault, spoil } from './fault.ts';

export const spoofingFaults: Record<string, Fault> = {
  'spoofing-tunnel-open': {
    fault: 'a Pod may send into its own node’s tunnel, as if it were another node',
    link: 'https://github.com/projectcalico/felix/pull/2052',
    seenBy: ['policies/attacks/a-pod-that-may-not-go-out-does-not-get-out-through-its-own-node-s-tunnel'],
    fabric: 'vxlan',
    make: () => spoil('spoofing', () => ({ tunnel: undefined })),
  },
  'spoofing-router-advertisements': {
    fault: 'the node takes router advertisements from a Pod',
    link: 'https://github.com/kubernetes/kubernetes/issues/91507',
    seenBy: ['policies/attacks/a-pod-that-says-it-is-a-router-does-not-become-its-node-s'],
    make: () =>
      spoil('spoofing', ({ linkSettings }) => ({
        linkSettings: linkSettings.filter(({ family }) => family !== 'ipv6'),
      })),
  },
  'spoofing-localhost-open': {
    fault: 'a Pod reaches what its node serves on localhost, where packets for localhost are routed',
    link: 'https://github.com/kubernetes/kubernetes/issues/92315',
    seenBy: ['policies/attacks/what-a-node-serves-on-its-localhost-is-closed-to-its-pods'],
    make: () => spoil('spoofing', () => ({ podLinks: [] })),
  },
  'spoofing-sources': {
    fault: 'a Pod may send from any address',
    link: 'https://github.com/projectcalico/felix/issues/790',
    seenBy: ['policies/attacks/a-pod-that-sends-from-another-pod-s-address-is-not-let-in-as-that-one'],
    make: () =>
      spoil('spoofing', ({ podLinks, linkSettings }) => ({
        anySource: podLinks,
        linkSettings: linkSettings.map((one) => (one.name === 'rp_filter' ? { ...one, value: '0' } : one)),
      })),
  },
};
