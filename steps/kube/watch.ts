import { type KubeConfig, Watch } from '@kubernetes/client-node';
import { BrokenError } from '../outcome.ts';
import { type KubeObject, pathOf, queryOf, saysReady, type Where } from './objects.ts';

/** What it needs of `Kube`. */
interface Api {
  config: KubeConfig;
  request<T>(method: 'GET', path: string): Promise<T>;
}

interface Collection {
  metadata: { resourceVersion: string };
  items: KubeObject[];
}

/** Lists, then watches from there; starts over when the watch ends (client-node ends a quiet one after 30 s, a server at will). */
export async function watchUntil<R>(
  kube: Api,
  where: Where,
  what: string,
  timeoutMs: number,
  holds: (objects: KubeObject[]) => R | undefined,
): Promise<R> {
  const deadline = performance.now() + timeoutMs;
  let seen: KubeObject[] = [];
  while (performance.now() < deadline) {
    const path = pathOf({ ...where, name: undefined });
    const list = await kube.request<Collection>('GET', `${path}?${new URLSearchParams(queryOf(where)).toString()}`);
    const objects = new Map(list.items.map((item) => [item.metadata.name, item]));
    const outcome = await follow(
      kube,
      { path, where, since: list.metadata.resourceVersion, deadline },
      objects,
      (all) => holds((seen = all)),
    );
    if (outcome.result !== undefined) return outcome.result;
  }
  throw new BrokenError(`waited ${timeoutMs / 1000} s for ${what}; last seen: ${summary(seen)}`);
}

interface Position {
  path: string;
  where: Where;
  since: string;
  /** Of performance.now(). */
  deadline: number;
}

/** One watch. Resolves with no result when it ended without one. */
async function follow<R>(
  kube: Api,
  position: Position,
  objects: Map<string, KubeObject>,
  holds: (objects: KubeObject[]) => R | undefined,
): Promise<{ result?: R | undefined }> {
  const first = holds([...objects.values()]);
  if (first !== undefined) return { result: first };
  const { promise, resolve, reject } = Promise.withResolvers<{ result?: R | undefined }>();
  const timer = setTimeout(() => resolve({}), Math.max(0, position.deadline - performance.now()));
  const parameters = { ...queryOf(position.where), resourceVersion: position.since, allowWatchBookmarks: true };
  const onChange = (type: string, object: KubeObject) => {
    if (type === 'ERROR') return resolve({});
    if (type === 'BOOKMARK') return;
    if (type === 'DELETED') objects.delete(object.metadata.name);
    else objects.set(object.metadata.name, object);
    try {
      const result = holds([...objects.values()]);
      if (result !== undefined) resolve({ result });
    } catch (error) {
      reject(error);
    }
  };
  const controller = await new Watch(kube.config).watch(position.path, parameters, onChange, () => resolve({}));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}

/** A line on what stood in the way: names, phases and the reasons of containers that wait. What is Ready comes last. */
function summary(objects: KubeObject[]): string {
  if (objects.length === 0) return 'nothing';
  return objects
    .toSorted((a, b) => Number(saysReady(a)) - Number(saysReady(b)))
    .slice(0, 10)
    .map((object) => {
      const { metadata, status } = object;
      const waiting = (status?.containerStatuses ?? []).map(
        (c: { state?: { waiting?: { reason?: string; message?: string } } }) => c.state?.waiting,
      );
      const reasons = waiting
        .filter(Boolean)
        .map((w: { reason?: string; message?: string }) => [w.reason, w.message].filter(Boolean).join(': '));
      const ready = saysReady(object) && 'Ready';
      return [metadata.name, status?.phase, ready, metadata.deletionTimestamp && 'terminating', ...reasons]
        .filter(Boolean)
        .join(' ');
    })
    .join('; ');
}
