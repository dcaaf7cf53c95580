/**
 * Namespaces: a ServiceAccount to begin with, and at the end everything in them deleted before they go themselves. Pods
 * go first, so that no Pod outlives the policies that keep it (https://github.com/kubernetes/kubernetes/issues/126587).
 */
import { resources } from '../api/resources.ts';
import type { KubeObject, Objects } from '../objects.ts';
import { queueOf } from './queue.ts';

const kinds = resources.filter(({ namespaced }) => namespaced).map(({ kind }) => kind);

export function startNamespaces(objects: Objects): () => void {
  function sync(namespace: KubeObject): void {
    const { name, deletionTimestamp } = namespace.metadata;
    if (deletionTimestamp === undefined) {
      if (objects.get('ServiceAccount', name, 'default')) return;
      objects.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } });
      return;
    }
    if (clear('Pod', name) > 0) return;
    const left = kinds.reduce((total, kind) => total + clear(kind, name), 0);
    if (left > 0) return;
    // the last finalizer: with it goes the Namespace
    const finalizers = (namespace['spec']?.finalizers ?? []).filter((each: string) => each !== 'kubernetes');
    objects.patch('Namespace', undefined, name, { spec: { finalizers } });
  }

  /** Deletes all objects of one kind. Returns how many are still there, waiting for a kubelet or a finalizer. */
  function clear(kind: string, namespace: string): number {
    for (const { metadata } of objects.list(kind, { namespace })) {
      if (metadata.deletionTimestamp === undefined) {
        objects.delete(kind, namespace, metadata.name, { propagationPolicy: 'Background' });
      }
    }
    return objects.list(kind, { namespace }).length;
  }

  const queue = queueOf(objects, 'Namespace', sync);
  for (const kind of kinds) {
    queue.watch(objects, kind, ({ type, object }) => {
      // one thing fewer to wait for; also the default ServiceAccount comes back
      if (type === 'DELETED') queue.add(object.metadata.namespace as string);
    });
  }
  return () => queue.stop();
}
