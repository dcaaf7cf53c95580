import { setTimeout as delay } from 'node:timers/promises';
import { HttpMethod, IsomorphicFetchHttpLibrary, KubeConfig, RequestContext, Watch } from '@kubernetes/client-node';
import { BrokenError } from '../outcome.ts';
import { waits } from '../waits.ts';
import {
  isNotFound,
  KubeError,
  type KubeObject,
  pathOf,
  queryOf,
  type Reference,
  summaryOf,
  type Where,
} from './objects.ts';

type Method = (typeof HttpMethod)[keyof typeof HttpMethod];

/** A field that the server does not know is a mistake of the suite; it would be left out with a warning only. */
const strict = '?fieldValidation=Strict';

interface Collection {
  metadata: { resourceVersion: string };
  items: KubeObject[];
}

const placeOf = ({ kind, metadata }: Reference): string => pathOf({ kind, ...metadata });

/**
 * The Kubernetes API as scenarios use it: plain JSON objects in and out. It uses client-node for kubeconfigs and their
 * credentials but not its typed models, which rename `from` to `_from` and so would make a policy allow everything.
 */
export class Kube {
  readonly config = new KubeConfig();
  readonly #http = new IsomorphicFetchHttpLibrary();
  // client-node makes a new connection pool for every request (config.js, createDispatcher)
  #dispatcher: ReturnType<RequestContext['getDispatcher']>;

  #stopped = false;

  /** `context`: of the kubeconfig, by default its current one. */
  constructor(kubeconfig: string, context?: string) {
    this.config.loadFromFile(kubeconfig);
    if (context !== undefined) this.config.setCurrentContext(context);
  }

  /** From now on nothing is created: the run is over, and what it has made is being deleted. */
  stop(): void {
    this.#stopped = true;
  }

  /** One request below the server's address. KubeError: a refusal; one that is too busy says when to ask again. */
  async request<T>(method: Method, path: string, body?: unknown, contentType = 'application/json'): Promise<T> {
    if (this.#stopped && method === 'POST') throw new BrokenError('the run was stopped');
    const signal = AbortSignal.timeout(waits.request);
    const late = (error: Error) => {
      if (!signal.aborted) throw error;
      const what = `the API server did not answer ${method} ${path} in ${waits.request / 1000} s`;
      const why = `${what}: it, or this machine, is too busy (--parallel 1, or a bigger machine)`;
      throw new BrokenError(why, { cause: error });
    };
    for (;;) {
      const { httpStatusCode, headers, text } = await this.#ask(method, path, signal, body, contentType).catch(late);
      if (httpStatusCode < 300) return JSON.parse(text) as T;
      if (httpStatusCode !== 429 || signal.aborted) throw refusal(httpStatusCode, text);
      await delay((Number(headers['retry-after']) || 1) * 1000);
    }
  }

  async #ask(method: Method, path: string, signal: AbortSignal, body: unknown, contentType: string) {
    const context = new RequestContext(`${this.config.getCurrentCluster()?.server}${path}`, method);
    await this.config.applySecurityAuthentication(context);
    this.#dispatcher ??= context.getDispatcher();
    if (this.#dispatcher !== undefined) context.setDispatcher(this.#dispatcher);
    context.setHeaderParam('Accept', 'application/json');
    context.setSignal(signal);
    if (body !== undefined) {
      context.setHeaderParam('Content-Type', contentType);
      context.setBody(JSON.stringify(body));
    }
    const response = await this.#http.send(context).toPromise();
    const { httpStatusCode, headers, body: answer } = response;
    return { httpStatusCode, headers, text: await answer.text() };
  }

  create(object: KubeObject): Promise<KubeObject> {
    const path = pathOf({ kind: object.kind, namespace: object.metadata.namespace });
    return this.request('POST', `${path}${strict}`, object);
  }

  read(reference: Reference): Promise<KubeObject> {
    return this.request('GET', placeOf(reference));
  }

  async list(where: Where): Promise<KubeObject[]> {
    return (await this.#list(where)).items;
  }

  #list(where: Where): Promise<Collection> {
    const query = new URLSearchParams(queryOf(where)).toString();
    return this.request('GET', `${pathOf({ ...where, name: undefined })}?${query}`);
  }

  /** Replaces the whole object. */
  replace(object: KubeObject): Promise<KubeObject> {
    return this.request('PUT', `${placeOf(object)}${strict}`, object);
  }

  /** JSON merge patch (RFC 7386): null removes a field. */
  patch(reference: Reference, patch: object): Promise<KubeObject> {
    return this.request('PATCH', placeOf(reference), patch, 'application/merge-patch+json');
  }

  /** Idempotent: what is already gone is no error. Dependants go in the background. `grace`: seconds; 0 is at once. */
  async delete(reference: Reference, { grace }: { grace?: number } = {}): Promise<void> {
    const how = { propagationPolicy: 'Background', gracePeriodSeconds: grace };
    const options = { apiVersion: 'v1', kind: 'DeleteOptions', ...how };
    await this.request('DELETE', placeOf(reference), options).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }

  /**
   * Follows objects by a watch until `holds` returns something other than undefined, and resolves with that.
   * Rejects with BrokenError after `forMs`; `what` completes the sentence "waited 30 s for ...". Starts over with
   * a list when the watch ends (client-node ends a quiet one after 30 s).
   */
  async until<R>(where: Where, what: string, forMs: number, holds: (all: KubeObject[]) => R | undefined): Promise<R> {
    const deadline = performance.now() + forMs;
    let seen: KubeObject[] = [];
    while (performance.now() < deadline) {
      const { items, metadata } = await this.#list(where);
      const objects = new Map(items.map((item) => [item.metadata.name, item]));
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
      const path = pathOf({ ...where, name: undefined });
      const from = { ...queryOf(where), resourceVersion: metadata.resourceVersion, allowWatchBookmarks: true };
      const controller = await new Watch(this.config).watch(path, from, onChange, () => resolve(undefined));
      try {
        const result = await promise;
        if (result !== undefined) return result;
      } finally {
        clearTimeout(timer);
        controller.abort();
      }
    }
    throw new BrokenError(`waited ${forMs / 1000} s for ${what}; last seen: ${summaryOf(seen)}`);
  }

  /** Resolves once the object is gone. */
  async gone(reference: Reference, timeoutMs: number): Promise<void> {
    const { kind, metadata } = reference;
    const { name, namespace } = metadata;
    const isGone = (objects: KubeObject[]) => objects.length === 0 || undefined;
    await this.until({ kind, name, namespace }, `${kind} ${name} to be gone`, timeoutMs, isGone);
  }
}

/** Does something with each object, 20 at a time. Rejects with the first error. */
export async function inTurn(objects: KubeObject[], act: (object: KubeObject) => Promise<unknown>): Promise<void> {
  const waiting = objects.values();
  const hand = async () => {
    for (const object of waiting) await act(object);
  };
  await Promise.all(Array.from({ length: 20 }, hand));
}

function refusal(code: number, text: string): Error {
  try {
    const status = JSON.parse(text) as { reason?: string; message?: string };
    return new KubeError(code, status.reason ?? 'Unknown', status.message ?? text);
  } catch {
    return new BrokenError(`the API answered ${code}: ${text.slice(0, 200)}`);
  }
}
