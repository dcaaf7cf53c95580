/** List and watch of one resource over plain HTTP. Small on purpose: the DNS Pod has to start fast. */
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { KubeObject } from '../objects.ts';
import type { Cluster, Kind } from './directory.ts';

/** Milliseconds between attempts while the API cannot be reached. */
const retryMs = 100;
/** The server ends a watch after this many seconds, and it is started again: dead connections are found so. */
const watchSeconds = 300;

/**
 * Keeps what `cluster` knows of a kind, with `url` like `http://HOST/api/v1/pods`. `listed`: called after each list.
 */
export async function follow(cluster: Cluster, kind: Kind, url: string, listed: () => void, signal: AbortSignal) {
  while (!signal.aborted) {
    try {
      let text = '';
      for await (const chunk of await request(url, signal)) text += chunk;
      const { items, metadata } = JSON.parse(text) as { items: KubeObject[]; metadata: { resourceVersion: string } };
      cluster.replace(kind, items);
      listed();
      let version: string | undefined = metadata.resourceVersion;
      while (version !== undefined && !signal.aborted) version = await watch(cluster, kind, url, version, signal);
    } catch (error) {
      if (signal.aborted) return;
      console.error(`${new URL(url).pathname}: ${(error as Error).message}`);
      await wait(retryMs, undefined, { signal }).catch(() => {});
    }
  }
}

/** Returns the version to go on from, or undefined if everything must be listed again. */
async function watch(cluster: Cluster, kind: Kind, url: string, from: string, signal: AbortSignal) {
  const query = `watch=1&allowWatchBookmarks=true&timeoutSeconds=${watchSeconds}&resourceVersion=${from}`;
  let version = from;
  for await (const line of linesOf(await request(`${url}?${query}`, signal))) {
    const { type, object } = JSON.parse(line) as { type: string; object: KubeObject };
    if (type === 'ERROR') return undefined;
    if (type === 'DELETED') cluster.delete(kind, object);
    else if (type !== 'BOOKMARK') cluster.set(kind, object);
    version = object.metadata.resourceVersion ?? version;
  }
  return version;
}

async function request(url: string, signal: AbortSignal): Promise<IncomingMessage> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { signal, headers: { accept: 'application/json' } }, resolve).on('error', reject);
  });
  response.setEncoding('utf8');
  if (response.statusCode !== 200) {
    response.resume();
    throw new Error(`the API server answers ${response.statusCode}`);
  }
  return response;
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of response) {
    const lines = (rest + (chunk as string)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
}
