import { setTimeout as delay } from 'node:timers/promises';
import { ApiStatusError, type KubeClient } from './client.ts';
import type { Kept, Store, Stored } from './store.ts';

/** Waits of the watch, in milliseconds. */
export const watchTimes = {
  /** A watch is ended by the server after this long, so that load spreads over API servers again. */
  watchMs: 300_000,
  /** Nothing heard for this long, not even a bookmark (one a minute): the connection is taken for dead. */
  idleMs: 120_000,
  backoffMs: 100,
  maxBackoffMs: 10_000,
  /** A list that is streamed goes on after this long at most, or it is read in pages. */
  listMs: 10_000,
  /** Something optional that is not there is looked for again after this long: an API server may be updated. */
  absentMs: 300_000,
};

interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: Stored & { code?: number; message?: string };
}

/** How one list+watch is doing. */
export interface ReflectorState {
  /** The whole list was read at least once. */
  synced: boolean;
  /** What went wrong last, until something went well again. */
  error: string | undefined;
  /** An API server that does not have the kind (404), or not for this agent (403), has an empty list of it. */
  optional?: boolean;
  /** When the server was last heard, by Date.now: an event, a bookmark, a list. Absent: never, or not looked for. */
  heardAt?: number | undefined;
}

/**
 * Keeps `store` equal to the API server's list at `path`, for ever: list, watch from the list's resourceVersion,
 * continue from the last version heard of, list again when the server no longer knows that version (410 Gone). `synced`
 * is called after the first list. Resolves when `signal` fires.
 *
 * A server whose etcd was restored from a backup has gone back: it would say nothing until it comes to the version that
 * it is asked from (https://github.com/etcd-io/etcd/issues/16028). So wherever a watch did not end at its
 * time, the version of the server is looked at first, and one that is older than what was heard leads to a new list.
 */
export async function reflect<T extends Stored>(
  client: KubeClient,
  path: string,
  store: Store<T>,
  state: ReflectorState,
  signal: AbortSignal,
  synced: () => void = () => {},
  times = watchTimes,
): Promise<void> {
  let version: string | undefined;
  let failures = 0;
  /** Whether the next list is asked for as a stream: after one that failed another way is tried. */
  let streams = true;
  /** The newest version heard of. */
  let newest = 0;
  /** The last watch did not end at its time: the server may be another one by now. */
  let doubtful = false;

  function heard(): void {
    state.heardAt = Date.now();
    state.error = undefined;
  }

  function onEvent({ type, object }: WatchEvent): void {
    if (type === 'ERROR') throw new ApiStatusError(object.code ?? 0, object.message ?? 'the watch ended with an error');
    failures = 0;
    const { resourceVersion = version } = object.metadata;
    const isOlder = Number(resourceVersion) < Number(version);
    // a deleted object may come with the version that it had
    if (isOlder && type !== 'DELETED') throw new ApiStatusError(410, 'the versions of the server have gone back');
    if (!isOlder) version = resourceVersion;
    newest = Math.max(newest, Number(version) || 0);
    if (type === 'DELETED') store.remove(object);
    else if (type !== 'BOOKMARK') store.put(object as T);
  }

  function known(): void {
    if (state.synced) return;
    state.synced = true;
    synced();
  }

  while (!signal.aborted) {
    try {
      if (version !== undefined && doubtful) {
        const { metadata } = await client.get<Page<T>>(`${path}?limit=1`);
        heard();
        if (Number(metadata.resourceVersion) < newest) version = undefined;
      }
      if (version === undefined) {
        const shorten = (object: T) => store.shorten(object);
        const streamed = streams ? listStreamed(client, path, shorten, times.listMs, signal) : undefined;
        streams = false;
        const list = (await streamed) ?? (await listAll(client, path, shorten));
        streams = true;
        heard();
        store.replace(list.items, list.version, Number(list.version) < newest);
        version = list.version;
        newest = Number(version) || 0;
        known();
      }
      doubtful = true;
      const timeoutSeconds = Math.ceil((times.watchMs * (1 + Math.random())) / 1000);
      const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${version}&timeoutSeconds=${timeoutSeconds}`;
      const started = performance.now();
      const on = { value: (value: unknown) => onEvent(value as WatchEvent), heard };
      const end = await client.stream(`${path}?${query}`, on, times.idleMs, signal);
      const lasted = performance.now() - started;
      doubtful = end === 'silent' || lasted < (timeoutSeconds - 1) * 1000;
      // a server that ends every watch at once must not be asked in a tight loop
      failures = lasted < times.backoffMs ? failures + 1 : 0;
    } catch (error) {
      if (signal.aborted) return;
      const code = error instanceof ApiStatusError ? error.code : undefined;
      if (state.optional && version === undefined && (code === 403 || code === 404)) {
        state.error = undefined;
        state.heardAt = undefined;
        known();
        await delay(times.absentMs, undefined, { signal }).catch(() => {});
        continue;
      }
      if (version !== undefined && code === 410) version = undefined;
      else state.error = error instanceof Error ? error.message : String(error);
      failures += 1;
    }
    if (failures === 0) continue;
    const wait = Math.min(times.backoffMs * 2 ** (failures - 1), times.maxBackoffMs);
    await delay(wait * (0.5 + Math.random()), undefined, { signal }).catch(() => {});
  }
}

interface Page<T> {
  metadata: { resourceVersion: string; continue?: string };
  items: T[] | null;
}

interface List<T> {
  items: Kept<T>[];
  version: string;
}

/** What marks the end of the list in a watch that begins with one. */
const endOfList = 'k8s.io/initial-events-end';

/**
 * Reads a list as a watch that begins with all there is, which neither side ever has as a whole:
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists. Undefined: the server does not do that.
 * One before 1.27 does not even know the question, and never says where the list ends.
 */
async function listStreamed<T extends Stored>(
  client: KubeClient,
  path: string,
  shorten: (object: T) => Kept<T>,
  idleMs: number,
  signal: AbortSignal,
): Promise<List<T> | undefined> {
  const items = new Map<string, Kept<T>>();
  let version: string | undefined;
  const over = new AbortController();
  const value = (event: unknown) => {
    const { type, object } = event as WatchEvent;
    if (version !== undefined) return;
    if (type === 'ERROR') throw new ApiStatusError(object.code ?? 0, object.message ?? 'the list ended with an error');
    if (type === 'BOOKMARK') {
      if (object.metadata.annotations?.[endOfList] !== 'true') return;
      version = object.metadata.resourceVersion;
      return over.abort();
    }
    const kept = shorten(object as T);
    if (type === 'DELETED') items.delete(kept.key);
    else items.set(kept.key, kept);
  };
  const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
  try {
    const on = { value, heard: () => {} };
    await client.stream(`${path}?${query}`, on, idleMs, AbortSignal.any([signal, over.signal]));
  } catch (error) {
    const isRefused = error instanceof ApiStatusError && (error.code === 400 || error.code === 422);
    if (version === undefined && !isRefused) throw error;
  }
  return version === undefined ? undefined : { items: [...items.values()], version };
}

/**
 * Reads a list page by page, and keeps of each page what `shorten` leaves: thousands of whole objects would be the most
 * memory that the agent ever takes. A page token that is too old (410) starts it over, by way of the caller.
 */
async function listAll<T extends Stored>(
  client: KubeClient,
  path: string,
  shorten: (object: T) => Kept<T>,
): Promise<List<T>> {
  const items: Kept<T>[] = [];
  let next = '';
  for (;;) {
    const page = await client.get<Page<T>>(
      `${path}?limit=500${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`,
      30_000,
    );
    for (const object of page.items ?? []) items.push(shorten(object));
    next = page.metadata.continue ?? '';
    if (next === '') return { items, version: page.metadata.resourceVersion };
  }
}
