import type { Desired } from '../../model/index.ts';
import type { FlowState } from './conntrack.ts';
import type { TableState } from './state.ts';
import { hostPortsTable } from './tables/hostports.ts';
import { masqueradeTable } from './tables/masquerade.ts';
import { policyTable } from './tables/policy.ts';
import type { ServicesRenderer } from './tables/services.ts';

/** All our tables, and what follows for connection tracking. */
export interface Rendered {
  tables: TableState[];
  flows: FlowState;
  forgetAffinity: boolean;
}

export const tableNames = ['netvet-policy', 'netvet-services', 'netvet-hostports', 'netvet-masquerade'];

export function render(desired: Desired, services: ServicesRenderer): Rendered {
  const { table, flows, forgetAffinity } = services.render(desired.services);
  const udpHostPorts = desired.hostPorts.ports.filter(({ protocol }) => protocol === 'UDP');
  return {
    tables: [
      policyTable(desired.policies),
      table,
      hostPortsTable(desired.hostPorts),
      masqueradeTable(desired.masquerade),
    ],
    flows: {
      services: flows,
      hostPorts: new Set(udpHostPorts.map(({ hostIP, hostPort }) => `${hostIP} ${hostPort}`)),
      attached: desired.attached,
    },
    forgetAffinity,
  };
}
