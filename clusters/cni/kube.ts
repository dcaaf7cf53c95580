/** What installing a CNI needs of the Kubernetes API: apply objects, and wait for others. */
import { setTimeout as delay } from 'node:timers/promises';
import type { KubernetesObject } from '@kubernetes/client-node';
import { messageIn } from '../existing/ask.ts';

/** Takes as long to load as a cluster takes to start: it is loaded when it is used, or by whom has to wait anyway. */
export const loadClient = () => import('@kubernetes/client-node');

/** An object to apply, and as little of one that was read as is looked at. */
export interface KubeObject extends KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; [field: string]: unknown };
  // biome-ignore lint/suspicious/noExplicitAny: objects of any kind
  [field: string]: any;
}

const fieldManager = 'netvet';

/** Milliseconds between the end of a watch and the next one. */
const watchAgain = 100;

/** What the API server said, without the HTTP around it. */
function reasonOf(error: unknown): string {
  const { body, message } = error as { body?: string; message?: string };
  return messageIn(body) ?? message ?? String(error);
}

export type Kube = Awaited<ReturnType<typeof openKube>>;

/** `kubeconfig`: path of a file. `context`: one of it; absent: its current one. */
export async function openKube(kubeconfig: string, context?: string) {
  const { KubeConfig, KubernetesObjectApi, PatchStrategy, Watch } = await loadClient();
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  if (context !== undefined) config.setCurrentContext(context);
  const api = KubernetesObjectApi.makeApiClient(config);

  async function read(apiVersion: string, kind: string, name: string, namespace?: string): Promise<KubeObject> {
    const metadata = { name, ...(namespace !== undefined && { namespace }) };
    return api.read<KubeObject>({ apiVersion, kind, metadata });
  }

  /** Resolves when `handle`, which takes an event, returns true, the connection ends, or the signal fires. */
  function watch(path: string, signal: AbortSignal, handle: (type: string, object: KubeObject) => boolean) {
    return new Promise<void>((resolve, reject) => {
      let controller: AbortController | undefined;
      const stop = () => {
        controller?.abort();
        resolve();
      };
      const onEvent = (type: string, object: KubeObject) => {
        if (handle(type, object)) stop();
      };
      signal.addEventListener('abort', stop, { once: true });
      new Watch(config).watch(path, {}, onEvent, stop).then((started) => {
        controller = started;
        if (signal.aborted) stop();
      }, reject);
    });
  }

  return {
    read,

    /** Server-side apply, forced, one after the other. Repeating it changes nothing. */
    async apply(objects: KubeObject[]): Promise<void> {
      for (const object of objects) {
        const { namespace, name } = object.metadata;
        const where = namespace === undefined ? name : `${namespace}/${name}`;
        await api
          .patch(object, undefined, undefined, fieldManager, true, PatchStrategy.ServerSideApply)
          .catch((error: unknown) => {
            throw new Error(`${object.kind} ${where} could not be applied: ${reasonOf(error)}`, { cause: error });
          });
      }
    },

    /** One after the other; what is not there is no error. */
    async delete(objects: KubeObject[]): Promise<void> {
      for (const object of objects) {
        await api.delete(object).catch((error: { code?: number }) => {
          if (error.code !== 404) throw new Error(`${object.kind} could not be deleted: ${reasonOf(error)}`);
        });
      }
    },

    /** Like read, but undefined where there is none. */
    async find(...which: Parameters<typeof read>): Promise<KubeObject | undefined> {
      return read(...which).catch((error: { code?: number }) => {
        if (error.code === 404) return undefined;
        throw error;
      });
    },

    nodes: async (): Promise<KubeObject[]> => (await api.list<KubeObject>('v1', 'Node')).items,

    /**
     * The API server as nodes and their Pods reach it without any Service: the endpoint behind the `kubernetes`
     * Service. The kubeconfig's own address may be one that only this machine knows.
     */
    async directServer(): Promise<string> {
      const slice = await read('discovery.k8s.io/v1', 'EndpointSlice', 'kubernetes', 'default');
      const address = slice['endpoints']?.[0]?.addresses?.[0] as string;
      const scheme = config.getCurrentCluster()?.server.startsWith('http:') ? 'http' : 'https';
      return `${scheme}://${address}:${slice['ports']?.[0]?.port}`;
    },

    /**
     * Watches one resource until `missing` has nothing left to say of its objects, of which it may not have been shown
     * all yet. Rejects with what it said last when the time is up. `path` as in `/api/v1/nodes`.
     */
    async until(path: string, timeoutMs: number, missing: (objects: KubeObject[]) => string[]): Promise<void> {
      const objects = new Map<string, KubeObject>();
      const deadline = AbortSignal.timeout(timeoutMs);
      let left = ['no object has been seen'];
      while (left.length > 0) {
        if (deadline.aborted) throw new Error(`after ${timeoutMs / 1000} s: ${left.join('; ')}`);
        objects.clear();
        // a watch from nowhere begins with the objects that there are
        await watch(path, deadline, (type, object) => {
          const key = `${object.metadata.namespace}/${object.metadata.name}`;
          if (type === 'DELETED') objects.delete(key);
          else if (type !== 'BOOKMARK') objects.set(key, object);
          if (objects.size > 0) left = missing([...objects.values()]);
          return left.length === 0;
        });
        // an API server that has gone ends a watch at once: without a pause the deadline would never be noticed
        if (left.length > 0) await delay(watchAgain, undefined, { signal: deadline }).catch(() => {});
      }
    },
  };
}
