/** Tables: what kubectl prints, made on the server. */
import type { KubeObject } from '../../objects.ts';
import type { Resource } from '../resources.ts';

export interface Column {
  name: string;
  type: string;
  format: string;
  description: string;
  /** 0: always shown; 1: with `-o wide`. */
  priority: number;
}

/** A meta.k8s.io/v1 Table of the objects. */
export function tableOf(_resource: Resource, objects: KubeObject[], include: string, resourceVersion = ''): object {
  const columnDefinitions: Column[] = [
    { name: 'Name', type: 'string', format: 'name', description: '', priority: 0 },
    { name: 'Age', type: 'string', format: '', description: '', priority: 0 },
  ];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion },
    columnDefinitions,
    rows: objects.map((object) => ({ cells: [object.metadata.name, '?'], object: included(object, include) })),
  };
}

function included(object: KubeObject, include: string): object | null {
  if (include === 'Object') return object;
  if (include === 'None') return null;
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}
