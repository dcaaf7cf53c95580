import { setTimeout as delay } from 'node:timers/promises';
import { ApiStatusError, type KubeClient } from './client.ts';
import type { Kept, Store, Stored } from './store.ts';

/** Waits of the watch, in milliseconds. */
const watchTimes = {
  /** A watch is ended by the server after this long, so that load spreads over API servers again. */
  watchMs: 300_000,
  /** Nothing heard for this long, not even a bookmark (one a minute): the connection is taken for dead. */
  idleMs: 120_000,
  backoffMs: 100,
  maxBackoffMs: 10_000,
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
}

/**
 * Keeps `store` equal to the API server's list at `path`, for ever: list, watch from the list's resourceVersion,
 * continue from the last version heard of, list again when the server no longer knows that version (410 Gone). `synced`
 * is called after the first list. Resolves when `signal` fires.
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

  function onEvent({ type, object }: WatchEvent): void {
    if (type === 'ERROR') throw new ApiStatusError(object.code ?? 0, object.message ?? 'the watch ended with an error');
    failures = 0;
    state.error = undefined;
    version = object.metadata.resourceVersion ?? version;
    if (type === 'DELETED') store.remove(object);
    else if (type !== 'BOOKMARK') store.put(object as T);
  }

  function known(): void {
    state.error = undefined;
    if (state.synced) return;
    state.synced = true;
    synced();
  }

  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const list = await listAll<T>(client, path, (object) => store.shorten(object));
        store.replace(list.items, list.version);
        version = list.version;
        known();
      }
      const timeoutSeconds = Math.ceil((times.watchMs * (1 + Math.random())) / 1000);
      const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${version}&timeoutSeconds=${timeoutSeconds}`;
      const started = performance.now();
      await client.stream(`${path}?${query}`, (value) => onEvent(value as WatchEvent), times.idleMs, signal);
      // a server that ends every watch at once must not be asked in a tight loop
      failures = performance.now() - started < times.backoffMs ? failures + 1 : 0;
    } catch (error) {
      if (signal.aborted) return;
      const code = error instanceof ApiStatusError ? error.code : undefined;
      if (state.optional && version === undefined && (code === 403 || code === 404)) {
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

/**
 * Reads a list page by page, and keeps of each page what `shorten` leaves: thousands of whole objects would be the most
 * memory that the agent ever takes. A page token that is too old (410) starts it over, by way of the caller.
 */
async function listAll<T extends Stored>(
  client: KubeClient,
  path: string,
  shorten: (object: T) => Kept<T>,
): Promise<{ items: Kept<T>[]; version: string }> {
  const items: Kept<T>[] = [];
  let next = '';
  for (;;) {
    const page = await client.get<{ metadata: { resourceVersion: string; continue?: string }; items: T[] | null }>(
      `${path}?limit=500${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`,
      30_000,
    );
    for (const object of page.items ?? []) items.push(shorten(object));
    next = page.metadata.continue ?? '';
    if (next === '') return { items, version: page.metadata.resourceVersion };
  }
}
