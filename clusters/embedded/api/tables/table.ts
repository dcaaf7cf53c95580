/**
 * Tables: what kubectl prints, made on the server.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
 */
import type { KubeObject } from '../../objects.ts';
import type { Resource } from '../resources.ts';
import { type Column, columns, others } from './kinds.ts';

const completed = (object: KubeObject): object[] | undefined => {
  const phase = object['status']?.phase;
  if (object.kind !== 'Pod' || !['Succeeded', 'Failed'].includes(phase)) return undefined;
  const message = phase === 'Failed' ? 'The pod failed.' : 'The pod has completed successfully.';
  return [{ type: 'Completed', status: 'True', reason: phase, message }];
};

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
  const ofKind = columns[resource.kind] ?? others;
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: ofKind.map(({ cell: _cell, ...definition }) => ({ ...definition, description: '' })),
    rows: objects.map((object) => {
      const conditions = completed(object);
      return {
        cells: ofKind.map((column) => cellOf(column, object)),
        ...(conditions ? { conditions } : {}),
        object: included(object, include),
      };
    }),
  };
}
