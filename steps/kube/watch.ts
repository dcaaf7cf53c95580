import type { KubeConfig } from '@kubernetes/client-node';
import { Watch } from '@kubernetes/client-node/dist/watch.js';
import { BrokenError } from '../outcome.ts';
import { containersOf, type KubeObject, pathOf, queryOf, saysReady, type Where } from './objects.ts';

/** What it needs of `Kube`. */
interface Api {
  config: KubeConfig;
  request<T>(method: 'GET', path: string): Promise<T>;
}

interface Collection {
  metadata: { resourceVersion: string };
  items: KubeObject[];
}

/** Lists, then watches from there; starts over when the watch ends (client-node ends a quiet one after 30 s). */
export async function watchUntil<R>(
  kube: Api,
  where: Where,
  what: string,
  timeoutMs: number,
  holds: (objects: KubeObject[]) => R | undefined,
): Promise<R> {
  const deadline = performance.now() + timeoutMs;
  const path = pathOf({ ...where, name: undefined });
  const query = queryOf(where);
  let seen: KubeObject[] = [];
  while (performance.now() < deadline) {
    const list = await kube.request<Collection>('GET', `${path}?${new URLSearchParams(query).toString()}`);
    const objects = new Map(list.items.map((item) => [item.metadata.name, item]));
    const look = () => holds((seen = [...objects.values()]));
    const first = look();
    if (first !== undefined) return first;
    const { promise, resolve, reject } = Promise.withResolvers<R | undefined>();
    const onChange = (type: string, object: KubeObject) => {
      if (type === 'ERROR') return resolve(undefined);
      if (type === 'BOOKMARK') return;
      if (type === 'DELETED') objects.delete(object.metadata.name);
      else objects.set(object.metadata.name, object);
      try {
        const result = look();
        if (result !== undefined) resolve(result);
      } catch (error) {
        reject(error);
      }
    };
    const timer = setTimeout(() => resolve(undefined), Math.max(0, deadline - performance.now()));
    const parameters = { ...query, resourceVersion: list.metadata.resourceVersion, allowWatchBookmarks: true };
    const controller = await new Watch(kube.config).watch(path, parameters, onChange, () => resolve(undefined));
    try {
      const result = await promise;
      if (result !== undefined) return result;
    } finally {
      clearTimeout(timer);
      controller.abort();
    }
  }
  throw new BrokenError(`waited ${timeoutMs / 1000} s for ${what}; last seen: ${summary(seen)}`);
}

/** A line on what stood in the way: names, phases and the reasons of containers that wait. What is Ready comes last. */
function summary(objects: KubeObject[]): string {
  if (objects.length === 0) return 'nothing';
  const line = (object: KubeObject) => {
    const { metadata, status } = object;
    const reasons = containersOf(object)
      .flatMap(({ state }) => state?.waiting ?? [])
      .map(({ reason, message }) => [reason, message].filter(Boolean).join(': '));
    const words = [saysReady(object) && 'Ready', metadata.deletionTimestamp && 'terminating', ...reasons];
    return [metadata.name, status?.phase, ...words].filter(Boolean).join(' ');
  };
  return objects
    .toSorted((a, b) => Number(saysReady(a)) - Number(saysReady(b)))
    .slice(0, 10)
    .map(line)
    .join('; ');
}
