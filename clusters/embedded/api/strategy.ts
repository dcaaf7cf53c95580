/** What is particular to a kind when it is written: its initial values, its defaults, its rules. */
import type { KubeObject } from '../objects.ts';
import type { Resource } from './resources.ts';

/** Readies a new object for storage, or throws the refusal. May change `object`. */
export function prepareCreate(resource: Resource, object: KubeObject): void {
  if (resource.subresources.includes('status') && object.kind !== 'Node') delete object['status'];
  if (object.kind === 'Pod') object['status'] = { phase: 'Pending' };
  if (object.kind === 'Namespace') {
    object['spec'] = { finalizers: ['kubernetes'] };
    object['status'] = { phase: 'Active' };
    object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name };
  }
}

/** Readies a changed object for storage, or throws the refusal. May change `object`, not `old`. */
export function prepareUpdate(_resource: Resource, object: KubeObject, _old: KubeObject): void {
  if (object.kind === 'Namespace')
    object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name };
}
