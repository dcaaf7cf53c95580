/**
 * The columns of each kind.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/printers/internalversion/printers.go
 */
import type { Value } from '../validation/problem.ts';
import { containerImages, containerNames, labelsText, or, selectorText, since, some } from './cells.ts';
import { podSummary, readinessGates } from './pod.ts';
import {
  completions,
  externalAddress,
  firstSeen,
  involved,
  jobDuration,
  jobStatus,
  lastSeen,
  nodeAddress,
  nodeInfo,
  nodeRoles,
  nodeStatus,
  servicePorts,
  source,
} from './text.ts';

type Cell = string | number | boolean | null;

export interface Column {
  name: string;
  type: string;
  format: string;
  /** 0: always shown; 1: with `-o wide`. */
  priority: number;
  cell: (object: Value) => Cell;
}

const column = (name: string, cell: Column['cell'], type = 'string'): Column => ({
  name,
  type,
  format: '',
  priority: 0,
  cell,
});
const wide = (name: string, cell: Column['cell']): Column => ({ ...column(name, cell), priority: 1 });

const name: Column = { ...column('Name', ({ metadata }) => metadata.name), format: 'name' };
const age = column('Age', ({ metadata }) => since(metadata.creationTimestamp));

const containers = [wide('Containers', containerNames), wide('Images', containerImages)];
const selector = wide('Selector', ({ spec }) => selectorText(spec.selector));
const replicas = ({ spec, status }: Value): string => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`;
const number = (label: string, cell: Column['cell']): Column => column(label, cell, 'integer');

const size = (object: Value): number => Object.keys(object ?? {}).length;

/** Of kinds that are not listed. */
export const others: Column[] = [name, age];

export const columns: Record<string, Column[]> = {
  Pod: [
    name,
    column('Ready', (pod) => podSummary(pod).ready),
    column('Status', (pod) => podSummary(pod).status),
    column('Restarts', (pod) => podSummary(pod).restarts),
    age,
    wide('IP', ({ status }) => or(status?.podIPs?.[0]?.ip, '<none>')),
    wide('Node', ({ spec }) => or(spec.nodeName, '<none>')),
    wide('Nominated Node', ({ status }) => or(status?.nominatedNodeName, '<none>')),
    wide('Readiness Gates', readinessGates),
  ],
  Service: [
    name,
    column('Type', ({ spec }) => spec.type),
    column('Cluster-IP', ({ spec }) => or(spec.clusterIPs?.[0], '<none>')),
    column('External-IP', externalAddress),
    column('Port(s)', servicePorts),
    age,
    wide('Selector', ({ spec }) => labelsText(spec.selector)),
  ],
  Namespace: [name, column('Status', ({ status }) => status?.phase ?? ''), age],
  Node: [
    name,
    column('Status', nodeStatus),
    column('Roles', nodeRoles),
    age,
    column('Version', ({ status }) => status?.nodeInfo?.kubeletVersion ?? ''),
    wide('Internal-IP', nodeAddress('InternalIP')),
    wide('External-IP', nodeAddress('ExternalIP')),
    wide('OS-Image', nodeInfo('osImage')),
    wide('Kernel-Version', nodeInfo('kernelVersion')),
    wide('Container-Runtime', nodeInfo('containerRuntimeVersion')),
  ],
  ConfigMap: [name, column('Data', ({ data, binaryData }) => size(data) + size(binaryData)), age],
  Secret: [name, column('Type', ({ type }) => type), column('Data', ({ data }) => size(data)), age],
  Event: [
    column('Last Seen', lastSeen),
    column('Type', ({ type }) => type ?? ''),
    column('Reason', ({ reason }) => reason ?? ''),
    column('Object', involved),
    wide('Subobject', ({ involvedObject }) => involvedObject.fieldPath ?? ''),
    wide('Source', source),
    column('Message', ({ message }) => (message ?? '').trim()),
    wide('First Seen', firstSeen),
    wide('Count', ({ series, count }) => series?.count ?? (count || 1)),
    { ...name, priority: 1 },
  ],
  Deployment: [
    name,
    column('Ready', replicas),
    column('Up-to-date', ({ status }) => status?.updatedReplicas ?? 0),
    column('Available', ({ status }) => status?.availableReplicas ?? 0),
    age,
    ...containers,
    selector,
  ],
  ReplicaSet: [
    name,
    number('Desired', ({ spec }) => spec.replicas),
    number('Current', ({ status }) => status?.replicas ?? 0),
    number('Ready', ({ status }) => status?.readyReplicas ?? 0),
    age,
    ...containers,
    selector,
  ],
  DaemonSet: [
    name,
    number('Desired', ({ status }) => status?.desiredNumberScheduled ?? 0),
    number('Current', ({ status }) => status?.currentNumberScheduled ?? 0),
    number('Ready', ({ status }) => status?.numberReady ?? 0),
    number('Up-to-date', ({ status }) => status?.updatedNumberScheduled ?? 0),
    number('Available', ({ status }) => status?.numberAvailable ?? 0),
    column('Node Selector', ({ spec }) => labelsText(spec.template?.spec?.nodeSelector)),
    age,
    ...containers,
    selector,
  ],
  Job: [
    name,
    column('Status', jobStatus),
    column('Completions', completions),
    column('Duration', jobDuration),
    age,
    ...containers,
    selector,
  ],
  EndpointSlice: [
    name,
    column('AddressType', ({ addressType }) => addressType),
    column('Ports', ({ ports }) =>
      some(
        (ports ?? []).map((each: Value) => String(each.port ?? each.name ?? '*')),
        '<unset>',
      ),
    ),
    column('Endpoints', (slice) =>
      some(
        (slice.endpoints ?? []).flatMap((each: Value) => each.addresses),
        '<unset>',
      ),
    ),
    age,
  ],
  NetworkPolicy: [name, column('Pod-Selector', ({ spec }) => or(selectorText(spec.podSelector), '<none>')), age],
  ServiceCIDR: [name, column('CIDRs', ({ spec }) => (spec?.cidrs ?? []).join(',')), age],
};
