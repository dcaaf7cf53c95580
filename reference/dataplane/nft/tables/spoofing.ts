/** Table netvet-spoofing: what a Pod sends does not pass for what it is not. */

import { memoized } from '../../../model/memo.ts';
import type { SpoofingState } from '../../../model/spoofing.ts';
import { type ChainState, type SetState, type TableState, tableOf } from '../state.ts';
import { comment, oneOf } from '../text.ts';

type Tunnel = NonNullable<SpoofingState['tunnel']>;

/**
 * Where things are in a VXLAN packet, counted in bits from the UDP header on, which is 64 long
 * (https://www.rfc-editor.org/rfc/rfc7348#section-5): 64 more of VXLAN, 112 of Ethernet, then IPv4.
 */
const identifier = '@th,96,24';
const innerType = '@th,224,16';
const innerSource = '@th,336,32';

export const spoofingTable = memoized(({ podLinks, tunnel }: SpoofingState): TableState => {
  return tableOf('netvet-spoofing', tunnel === undefined ? {} : { 'tunnel-senders': senders(tunnel) }, {
    // route_localnet lets packets for 127.0.0.1 in, and so to whatever trusts localhost. kube-proxy sets it for all
    // links and leaves it: https://github.com/kubernetes/kubernetes/issues/90259 (CVE-2020-8558)
    localhost: {
      about: 'packets of Pods for localhost',
      hook: 'type filter hook prerouting priority -300;',
      rules: podLinks.length === 0 ? [] : localhost(podLinks),
    },
    ...(tunnel && tunnelChains(tunnel)),
  });
});

function localhost(links: string[]): string[] {
  const here = `iifname ${oneOf(links.map((name) => `"${name}"`))}`;
  return ['saddr', 'daddr'].map((side) => `${here} ip ${side} 127.0.0.0/8 drop ${comment('localhost stays local')}`);
}

/**
 * `input` and `forward` come after translation: no Service is a way round. Tunnels of others, with other identifiers,
 * may share the port (https://github.com/projectcalico/calico/issues/6752).
 */
function tunnelChains({ port, id }: Tunnel): Record<string, ChainState> {
  const packets = `udp dport ${port} ${identifier} ${id}`;
  return {
    'tunnel-in': {
      about: 'what this node takes out of the tunnel',
      hook: 'type filter hook input priority -10;',
      rules: [
        `${packets} ${innerType} != 0x0800 drop ${comment('the tunnel carries IPv4')}`,
        `${packets} ip saddr . ${innerSource} != @tunnel-senders drop ${comment('no peer, or not of that peer')}`,
      ],
    },
    'tunnel-past': {
      about: 'nodes send through the tunnel, and nobody through a node',
      hook: 'type filter hook forward priority -10;',
      rules: [`${packets} drop ${comment('only nodes have a tunnel')}`],
    },
  };
}

function senders({ senders: all }: Tunnel): SetState {
  const elements = all.flatMap(({ node, sources }) =>
    sources.map(([first, last]) => `${node} . ${first === last ? first : `${first}-${last}`}`),
  );
  return {
    kind: 'set',
    definition: `typeof ip saddr . ${innerSource}; flags interval;`,
    elements: new Set(elements),
    about: 'peers of the tunnel, and the sources inside that are theirs',
  };
}
