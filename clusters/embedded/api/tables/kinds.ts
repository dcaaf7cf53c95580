/**
 * The columns of each kind.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/printers/internalversion/printers.go
 */
import type { Value } from '../validation/problem.ts';
import { labelsText, ofContainers, or, selectorText, since, some } from './cells.ts';
import { podSummary, readinessGates } from './pod.ts';
import * as text from './text.ts';

export interface Column {
  name: string;
  type: string;
  format: string;
  /** 0: always shown; 1: with `-o wide`. */
  priority: number;
  cell: (object: Value) => string | number;
}

const column = (name: string, cell: Column['cell']): Column => ({
  name,
  type: 'string',
  format: '',
  priority: 0,
  cell,
});
const wide = (name: string, cell: Column['cell']): Column => ({ ...column(name, cell), priority: 1 });
const number = (name: string, cell: Column['cell']): Column => ({ ...column(name, cell), type: 'integer' });

const name: Column = { ...column('Name', ({ metadata }) => metadata.name), format: 'name' };
const age = column('Age', ({ metadata }) => since(metadata.creationTimestamp));

/** The last columns of kinds that have a template of Pods. */
const ofTemplate = [
  age,
  wide('Containers', ofContainers('name')),
  wide('Images', ofContainers('image')),
  wide('Selector', ({ spec }) => selectorText(spec.selector)),
];
const replicas = ({ spec, status }: Value): string => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`;

const someSet = (items: string[]): string => some(items, '<unset>');
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
    column('External-IP', text.externalAddress),
    column('Port(s)', text.servicePorts),
    age,
    wide('Selector', ({ spec }) => labelsText(spec.selector)),
  ],
  Namespace: [name, column('Status', ({ status }) => status?.phase ?? ''), age],
  Node: [
    name,
    column('Status', text.nodeStatus),
    column('Roles', text.nodeRoles),
    age,
    column('Version', ({ status }) => status?.nodeInfo?.kubeletVersion ?? ''),
    wide('Internal-IP', text.nodeAddress('InternalIP')),
    wide('External-IP', text.nodeAddress('ExternalIP')),
    wide('OS-Image', text.nodeInfo('osImage')),
    wide('Kernel-Version', text.nodeInfo('kernelVersion')),
    wide('Container-Runtime', text.nodeInfo('containerRuntimeVersion')),
  ],
  ConfigMap: [name, column('Data', ({ data, binaryData }) => size(data) + size(binaryData)), age],
  Secret: [name, column('Type', ({ type }) => type), column('Data', ({ data }) => size(data)), age],
  Event: [
    column('Last Seen', text.lastSeen),
    column('Type', ({ type }) => type ?? ''),
    column('Reason', ({ reason }) => reason ?? ''),
    column('Object', text.involved),
    wide('Subobject', ({ involvedObject }) => involvedObject.fieldPath ?? ''),
    wide('Source', text.source),
    column('Message', ({ message }) => (message ?? '').trim()),
    wide('First Seen', text.firstSeen),
    wide('Count', ({ series, count }) => series?.count ?? (count || 1)),
    { ...name, priority: 1 },
  ],
  Deployment: [
    name,
    column('Ready', replicas),
    column('Up-to-date', ({ status }) => status?.updatedReplicas ?? 0),
    column('Available', ({ status }) => status?.availableReplicas ?? 0),
    ...ofTemplate,
  ],
  ReplicaSet: [
    name,
    number('Desired', ({ spec }) => spec.replicas),
    number('Current', ({ status }) => status?.replicas ?? 0),
    number('Ready', ({ status }) => status?.readyReplicas ?? 0),
    ...ofTemplate,
  ],
  DaemonSet: [
    name,
    number('Desired', ({ status }) => status?.desiredNumberScheduled ?? 0),
    number('Current', ({ status }) => status?.currentNumberScheduled ?? 0),
    number('Ready', ({ status }) => status?.numberReady ?? 0),
    number('Up-to-date', ({ status }) => status?.updatedNumberScheduled ?? 0),
    number('Available', ({ status }) => status?.numberAvailable ?? 0),
    column('Node Selector', ({ spec }) => labelsText(spec.template?.spec?.nodeSelector)),
    ...ofTemplate,
  ],
  Job: [
    name,
    column('Status', text.jobStatus),
    column('Completions', text.completions),
    column('Duration', text.jobDuration),
    ...ofTemplate,
  ],
  EndpointSlice: [
    name,
    column('AddressType', ({ addressType }) => addressType),
    column('Ports', ({ ports = [] }) => someSet(ports.map((each: Value) => String(each.port ?? each.name ?? '*')))),
    column('Endpoints', ({ endpoints = [] }) => someSet(endpoints.flatMap((each: Value) => each.addresses))),
    age,
  ],
  NetworkPolicy: [name, column('Pod-Selector', ({ spec }) => or(selectorText(spec.podSelector), '<none>')), age],
  ServiceCIDR: [name, column('CIDRs', ({ spec }) => (spec?.cidrs ?? []).join(',')), age],
};
