import { parseCIDRs } from '../../model/cidr.ts';
import type { Desired } from '../../model/index.ts';
import type { MasqueradeState } from '../../model/masquerade.ts';
import { lasting, memoized } from '../../model/memo.ts';
import type { FlowState } from './conntrack.ts';
import { type TableState, tableOf } from './state.ts';
import { hostPortsTable } from './tables/hostports.ts';
import { policyTable } from './tables/policy.ts';
import type { Flows, ServicesRenderer } from './tables/services.ts';
import { spoofingTable } from './tables/spoofing.ts';
import { oneOf } from './text.ts';

/** All our tables, and what follows for connection tracking. */
export interface Rendered {
  tables: TableState[];
  flows: FlowState;
}

export const tableNames = [
  'netvet-policy',
  'netvet-services',
  'netvet-hostports',
  'netvet-masquerade',
  'netvet-spoofing',
];

/** What marks our transactions. */
export const markTable = 'netvet-agent';

/** All that other programs must leave alone. */
export const ownTables = [...tableNames, markTable];

/** What was made of a part of the state is given again with it. */
export function render(desired: Desired, services: ServicesRenderer): Rendered {
  const { table, flows } = services.render(desired.services);
  return {
    tables: [
      policyTable(desired.policies),
      table,
      hostPortsTable(desired.hostPorts),
      masqueradeTable(desired.masquerade),
      spoofingTable(desired.spoofing),
    ],
    flows: flowState(flows, desired.hostPorts, desired.attached, desired.addresses, desired.fabric),
  };
}

const flowState = lasting(
  (
    services: Flows,
    { ports }: Desired['hostPorts'],
    attached: Desired['attached'],
    addresses: Desired['addresses'],
    { tunnel, local }: Desired['fabric'],
  ): FlowState => {
    const own = [...addresses, ...(tunnel === undefined ? [] : [tunnel.address])];
    const addressesOf = (hostIP: string) => (hostIP === '0.0.0.0' ? own : [hostIP]);
    const udp = ports.filter(({ protocol }) => protocol === 'UDP');
    const hostPorts = udp.flatMap(({ hostIP, hostPort }) =>
      addressesOf(hostIP).map((address) => `${address} ${hostPort}`),
    );
    return { services, hostPorts: new Set(hostPorts), attached, ranges: parseCIDRs(local) };
  },
);

/** Table netvet-masquerade: Pods leave the cluster under the address of their node. */
const masqueradeTable = memoized(({ sources, except }: MasqueradeState): TableState => {
  const rule = `ip saddr ${oneOf(sources)} ip daddr != ${oneOf(except)} masquerade fully-random`;
  const rules = sources.length === 0 ? [] : [rule];
  const about = 'Pods leave the cluster under the address of their node';
  const hook = 'type nat hook postrouting priority 100;';
  return tableOf('netvet-masquerade', {}, { 'nat-postrouting': { hook, rules, about } });
});
