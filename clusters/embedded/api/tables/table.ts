/**
 * Tables: what kubectl prints, made on the server, and the columns of each kind.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/printers/internalversion/printers.go
 */
import type { KubeObject } from '../../objects.ts';
import type { Resource } from '../resources.ts';
import type { Value } from '../validation/problem.ts';
import * as cells from './cells.ts';
import { podSummary, readinessGates } from './pod.ts';

interface Column {
  name: string;
  type: string;
  format: string;
  /** 0: always shown; 1: with `-o wide`. */
  priority: number;
  cell: (object: Value) => string | number;
}

const plain = { type: 'string', format: '', priority: 0 };
const column = (name: string, cell: Column['cell']): Column => ({ name, ...plain, cell });
const wide = (name: string, cell: Column['cell']): Column => ({ ...column(name, cell), priority: 1 });
const number = (name: string, cell: Column['cell']): Column => ({ ...column(name, cell), type: 'integer' });

const name: Column = { ...column('Name', ({ metadata }) => metadata.name), format: 'name' };
const age = column('Age', ({ metadata }) => cells.since(metadata.creationTimestamp));

/** The last columns of kinds that have a template of Pods. */
const ofTemplate = [
  age,
  wide('Containers', cells.ofContainers('name')),
  wide('Images', cells.ofContainers('image')),
  wide('Selector', ({ spec }) => cells.selectorText(spec.selector)),
];
const replicas = ({ spec, status }: Value): string => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`;

const some = (items: string[]): string => cells.some(items, '<unset>');
const size = (object: Value): number => Object.keys(object ?? {}).length;

const columns: Record<string, Column[]> = {
  Pod: [
    name,
    column('Ready', (pod) => podSummary(pod).ready),
    column('Status', (pod) => podSummary(pod).status),
    column('Restarts', (pod) => podSummary(pod).restarts),
    age,
    wide('IP', ({ status }) => status?.podIPs?.[0]?.ip || '<none>'),
    wide('Node', ({ spec }) => spec.nodeName || '<none>'),
    wide('Nominated Node', ({ status }) => status?.nominatedNodeName || '<none>'),
    wide('Readiness Gates', readinessGates),
  ],
  Service: [
    name,
    column('Type', ({ spec }) => spec.type),
    column('Cluster-IP', ({ spec }) => spec.clusterIPs?.[0] || '<none>'),
    column('External-IP', cells.externalAddress),
    column('Port(s)', cells.servicePorts),
    age,
    wide('Selector', ({ spec }) => cells.labelsText(spec.selector)),
  ],
  Namespace: [name, column('Status', ({ status }) => status?.phase ?? ''), age],
  Node: [
    name,
    column('Status', cells.nodeStatus),
    column('Roles', cells.nodeRoles),
    age,
    column('Version', ({ status }) => status?.nodeInfo?.kubeletVersion ?? ''),
    wide('Internal-IP', cells.nodeAddress('InternalIP')),
    wide('External-IP', cells.nodeAddress('ExternalIP')),
    wide('OS-Image', cells.nodeInfo('osImage')),
    wide('Kernel-Version', cells.nodeInfo('kernelVersion')),
    wide('Container-Runtime', cells.nodeInfo('containerRuntimeVersion')),
  ],
  ConfigMap: [name, column('Data', ({ data, binaryData }) => size(data) + size(binaryData)), age],
  Secret: [name, column('Type', ({ type }) => type), column('Data', ({ data }) => size(data)), age],
  Event: [
    column('Last Seen', cells.lastSeen),
    column('Type', ({ type }) => type ?? ''),
    column('Reason', ({ reason }) => reason ?? ''),
    column('Object', cells.involved),
    wide('Subobject', ({ involvedObject }) => involvedObject.fieldPath ?? ''),
    wide('Source', cells.source),
    column('Message', ({ message }) => (message ?? '').trim()),
    wide('First Seen', cells.firstSeen),
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
    column('Node Selector', ({ spec }) => cells.labelsText(spec.template?.spec?.nodeSelector)),
    ...ofTemplate,
  ],
  Job: [
    name,
    column('Status', cells.jobStatus),
    column('Completions', cells.completions),
    column('Duration', cells.jobDuration),
    ...ofTemplate,
  ],
  EndpointSlice: [
    name,
    column('AddressType', ({ addressType }) => addressType),
    column('Ports', ({ ports = [] }) => some(ports.map((each: Value) => String(each.port ?? each.name ?? '*')))),
    column('Endpoints', ({ endpoints = [] }) => some(endpoints.flatMap((each: Value) => each.addresses))),
    age,
  ],
  NetworkPolicy: [name, column('Pod-Selector', ({ spec }) => cells.selectorText(spec.podSelector) || '<none>'), age],
  ServiceCIDR: [name, column('CIDRs', ({ spec }) => (spec?.cidrs ?? []).join(',')), age],
};

function completed({ kind, status }: KubeObject): { conditions?: object[] } {
  const reason = status?.phase;
  if (kind !== 'Pod' || !['Succeeded', 'Failed'].includes(reason)) return {};
  const message = reason === 'Failed' ? 'The pod failed.' : 'The pod has completed successfully.';
  return { conditions: [{ type: 'Completed', status: 'True', reason, message }] };
}

function included(object: KubeObject, include: string): object | null {
  if (include === 'Object') return object;
  if (include === 'None') return null;
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

/** An object that lacks what a column shows is shown all the same. */
function cellOf({ cell }: Column, object: KubeObject) {
  try {
    return cell(object) ?? '<unknown>';
  } catch {
    return '<unknown>';
  }
}

/** A meta.k8s.io/v1 Table of the objects, each row with the `include` part of its object: Metadata, Object or None. */
export function tableOf(resource: Resource, objects: KubeObject[], include: string, metadata: object): object {
  const ofKind = columns[resource.kind] ?? [name, age];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: ofKind.map(({ cell: _cell, ...definition }) => ({ ...definition, description: '' })),
    rows: objects.map((object) => ({
      cells: ofKind.map((column) => cellOf(column, object)),
      ...completed(object),
      object: included(object, include),
    })),
  };
}
