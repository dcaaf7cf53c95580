import { setTimeout as delay } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { HttpMethod, RequestContext } from '@kubernetes/client-node/dist/gen/http/http.js';
import { IsomorphicFetchHttpLibrary } from '@kubernetes/client-node/dist/gen/http/isomorphic-fetch.js';
import { BrokenError } from '../outcome.ts';
import { waits } from '../waits.ts';
import { isNotFound, KubeError, type KubeObject, pathOf, queryOf, type Reference, type Where } from './objects.ts';
import { watchUntil } from './watch.ts';

type Method = (typeof HttpMethod)[keyof typeof HttpMethod];

/** A field that the server does not know is a mistake of the suite; it would be left out with a warning only. */
const strict = '?fieldValidation=Strict';

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

  /**
   * One request; rejects with KubeError for a refusal. `path` is the part behind the server's address. One that has too
   * much to do says when to ask again (API Priority and Fairness): it has not begun with the request.
   */
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
    return this.request(
      'POST',
      `${pathOf({ kind: object.kind, namespace: object.metadata.namespace })}${strict}`,
      object,
    );
  }

  read(reference: Reference): Promise<KubeObject> {
    return this.request('GET', pathOf({ kind: reference.kind, ...reference.metadata }));
  }

  async list(where: Where): Promise<KubeObject[]> {
    const query = new URLSearchParams(queryOf(where)).toString();
    const path = `${pathOf({ ...where, name: undefined })}?${query}`;
    return (await this.request<{ items: KubeObject[] }>('GET', path)).items;
  }

  /** Replaces the whole object. */
  replace(object: KubeObject): Promise<KubeObject> {
    return this.request('PUT', `${pathOf({ kind: object.kind, ...object.metadata })}${strict}`, object);
  }

  /** JSON merge patch (RFC 7386): null removes a field. */
  patch(reference: Reference, patch: object): Promise<KubeObject> {
    const path = pathOf({ kind: reference.kind, ...reference.metadata });
    return this.request('PATCH', path, patch, 'application/merge-patch+json');
  }

  /** Idempotent: what is already gone is no error. Dependants go in the background. `grace`: seconds; 0 is at once. */
  async delete(reference: Reference, { grace }: { grace?: number } = {}): Promise<void> {
    const what = { apiVersion: 'v1', kind: 'DeleteOptions' };
    const options = { ...what, propagationPolicy: 'Background', gracePeriodSeconds: grace };
    const path = pathOf({ kind: reference.kind, ...reference.metadata });
    await this.request('DELETE', path, options).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }

  /**
   * Follows objects by a watch until `holds` returns something other than undefined, and resolves with that.
   * Rejects with BrokenError after `timeoutMs`; `what` completes the sentence "waited 30 s for ...".
   */
  until<R>(where: Where, what: string, timeoutMs: number, holds: (objects: KubeObject[]) => R | undefined): Promise<R> {
    return watchUntil(this, where, what, timeoutMs, holds);
  }

  /** Resolves once the object is gone. */
  async gone(reference: Reference, timeoutMs: number): Promise<void> {
    const { name, namespace } = reference.metadata;
    const { kind } = reference;
    const what = `${kind} ${name} to be gone`;
    await this.until({ kind, name, namespace }, what, timeoutMs, (objects) => objects.length === 0 || undefined);
  }
}

function refusal(code: number, text: string): Error {
  try {
    const status = JSON.parse(text) as { reason?: string; message?: string };
    return new KubeError(code, status.reason ?? 'Unknown', status.message ?? text);
  } catch {
    return new BrokenError(`the API answered ${code}: ${text.slice(0, 200)}`);
  }
}
