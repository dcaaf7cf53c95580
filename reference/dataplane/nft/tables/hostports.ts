/**
 * Table netvet-hostports: a port of the node leads to a Pod, as the portmap plugin does it
 * (https://www.cni.dev/plugins/current/meta/portmap/), with one map in place of a chain per Pod.
 */
import type { HostPortState } from '../../../model/hostports.ts';
import { type TableState, tableOf } from '../state.ts';
import { comment, oneOf, transport } from '../text.ts';

const type = 'inet_proto . inet_service : ipv4_addr . inet_service;';

export function hostPortsTable({ ports, routeLocalnet }: HostPortState): TableState {
  const exact = new Map<string, string>();
  const any = new Map<string, string>();
  for (const { hostIP, protocol, hostPort, address, port } of ports) {
    const key = `${protocol.toLowerCase()} . ${hostPort}`;
    if (hostIP === '0.0.0.0') any.set(key, `${address} . ${port}`);
    else exact.set(`${hostIP} . ${key}`, `${address} . ${port}`);
  }
  // most nodes have no such port, and should not ask the routes for each connection whether it is for the node
  const whereNeeded = (rule: string) => (ports.length === 0 ? [] : [rule]);
  const links = routeLocalnet.filter((name) => /^[\w.-]{1,15}$/.test(name)).map((name) => `"${name}"`);
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
      // route_localnet lets packets for 127.0.0.1 in from the Pods' links, and so to whatever trusts localhost:
      // https://github.com/kubernetes/kubernetes/issues/90259 (CVE-2020-8558)
      'hp-guard': {
        about: 'packets of Pods for localhost',
        hook: 'type filter hook prerouting priority -300;',
        rules: links.length === 0 ? [] : guard(links),
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
}

const guard = (links: string[]): string[] =>
  ['saddr', 'daddr'].map(
    (side) => `iifname ${oneOf(links)} ip ${side} 127.0.0.0/8 drop ${comment('localhost stays local')}`,
  );
