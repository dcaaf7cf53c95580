/**
 * Table netvet-hostports: a port of the node leads to a Pod, as the portmap plugin does it
 * (https://www.cni.dev/plugins/current/meta/portmap/), with one map in place of a chain per Pod.
 */
import type { HostPortState } from '../../../model/hostports.ts';
import { memoized } from '../../../model/memo.ts';
import { type TableState, tableOf } from '../state.ts';
import { transport } from '../text.ts';

const type = 'inet_proto . inet_service : ipv4_addr . inet_service;';

export const hostPortsTable = memoized(({ ports }: HostPortState): TableState => {
  const exact = new Map<string, string>();
  const any = new Map<string, string>();
  for (const { hostIP, protocol, hostPort, address, port } of ports) {
    const key = `${protocol.toLowerCase()} . ${hostPort}`;
    if (hostIP === '0.0.0.0') any.set(key, `${address} . ${port}`);
    else exact.set(`${hostIP} . ${key}`, `${address} . ${port}`);
  }
  // most nodes have no such port, and should not ask the routes for each connection whether it is for the node
  const whereNeeded = (rule: string) => (ports.length === 0 ? [] : [rule]);
  return tableOf(
    'netvet-hostports',
    {
      'hp-exact': {
        kind: 'map',
        definition: `type ipv4_addr . ${type}`,
        elements: exact,
        about: 'ports of one address of the node',
      },
      'hp-any': { kind: 'map', definition: `type ${type}`, elements: any, about: 'ports of all addresses of the node' },
    },
    {
      'hp-translate': {
        about: 'a host port becomes its Pod',
        rules: [
          `${transport} dnat ip to ip daddr . meta l4proto . th dport map @hp-exact`,
          `${transport} dnat ip to meta l4proto . th dport map @hp-any`,
        ],
      },
      'nat-prerouting': {
        hook: 'type nat hook prerouting priority -101;',
        rules: whereNeeded('ip daddr != 127.0.0.0/8 fib daddr type local jump hp-translate'),
      },
      'nat-output': {
        hook: 'type nat hook output priority -101;',
        rules: whereNeeded('fib daddr type local jump hp-translate'),
      },
      // The Pod could not answer to 127.0.0.1. What a Pod sends to itself this way netvet-services masquerades.
      'nat-postrouting': {
        hook: 'type nat hook postrouting priority 100;',
        rules: ['ct status dnat ip saddr 127.0.0.0/8 oifname != "lo" masquerade fully-random'],
      },
    },
  );
});
