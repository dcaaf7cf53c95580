/** An API server that makes its objects while it sends them: the reads of the agent, and nothing else. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { namespace, namespacesOf, node, nodesOf, pod, policy, type Size, service, slice } from './objects.ts';

interface Named {
  metadata: { name: string; namespace?: string };
}

interface Kind {
  count: number;
  make: (number: number) => Named;
}

/** As a real server: at most so many a page. */
const pageSize = 500;
const serviceCidr = { metadata: { name: 'kubernetes', uid: 'cidr' }, spec: { cidrs: ['10.96.0.0/16'] } };

/** `address`: of the node that is measured. `streaming`: whether lists can be had as watches. */
export class ScaleApi {
  readonly #kinds: Record<string, Kind>;
  readonly #watches = new Map<string, Set<ServerResponse>>();
  /** Pods that are not what their number says. */
  readonly #changed = new Map<number, Named>();
  readonly #size: Size;
  readonly #streaming: boolean;
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));
  #version = 1000;

  constructor(size: Size, address: string, streaming: boolean) {
    this.#size = size;
    this.#streaming = streaming;
    const own = (number: number) => (number === 0 ? node(0, 'node1', address) : node(number));
    this.#kinds = {
      '/api/v1/nodes': { count: nodesOf(size), make: own },
      '/api/v1/services': { count: size.services, make: service },
      '/api/v1/pods': { count: size.pods, make: (number) => this.#changed.get(number) ?? pod(number, size) },
      '/api/v1/namespaces': { count: namespacesOf(size), make: namespace },
      '/apis/discovery.k8s.io/v1/endpointslices': { count: size.services, make: (number) => slice(number, size) },
      '/apis/networking.k8s.io/v1/networkpolicies': { count: size.policies, make: (number) => policy(number, size) },
      '/apis/networking.k8s.io/v1/servicecidrs': { count: 1, make: () => serviceCidr },
    };
  }

  /** Resolves with the URL. */
  async listen(host: string): Promise<string> {
    await once(this.#server.listen(0, host), 'listening');
    return `http://${host}:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Changes the labels of a Pod. */
  relabel(number: number, labels: Record<string, string>): void {
    this.#changed.set(number, pod(number, this.#size, labels));
    this.#version += 1;
    const line = this.#event('MODIFIED', this.#changed.get(number) as Named);
    for (const watch of this.#watches.get('/api/v1/pods') ?? []) watch.write(line);
  }

  #versioned(object: Named): object {
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
  }

  #event(type: string, object: Named): string {
    return `${JSON.stringify({ type, object: this.#versioned(object) })}\n`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://bench');
    if (request.method === 'POST') return void response.writeHead(201).end('{}');
    const kind = this.#kinds[pathname];
    if (kind === undefined) return this.#single(pathname, response);
    if (searchParams.has('watch')) return this.#watch(pathname, kind, searchParams, response);
    const start = Number(searchParams.get('continue') ?? 0);
    const end = Math.min(kind.count, start + Math.min(pageSize, Number(searchParams.get('limit') ?? pageSize)));
    const items = Array.from({ length: end - start }, (_, i) => this.#versioned(kind.make(start + i)));
    const metadata = { resourceVersion: String(this.#version), ...(end < kind.count && { continue: String(end) }) };
    response.end(JSON.stringify({ metadata, items }));
  }

  async #watch(path: string, kind: Kind, query: URLSearchParams, response: ServerResponse): Promise<void> {
    const initial = query.has('sendInitialEvents');
    if (initial && !this.#streaming) return refuse(response, 422, 'sendInitialEvents: Forbidden');
    response.flushHeaders();
    const count = initial ? kind.count : 0;
    for (let number = 0; number < count; number += 1) {
      if (!response.write(this.#event('ADDED', kind.make(number)))) await once(response, 'drain');
    }
    const annotations = { 'k8s.io/initial-events-end': 'true' };
    if (initial) response.write(this.#event('BOOKMARK', { metadata: { name: '', annotations } } as Named));
    const watches = this.#watches.get(path) ?? new Set();
    this.#watches.set(path, watches.add(response));
    response.once('close', () => watches.delete(response));
  }

  /** What is read while a Pod is being attached. */
  #single(path: string, response: ServerResponse): void {
    const [, home = '', rest = ''] = /\/namespaces\/([^/]+)(?:\/(.+))?$/.exec(path) ?? [];
    const [, name = ''] = /^pods\/(.+)$/.exec(rest) ?? [];
    const own = Number(home.slice(3));
    const number = Number(name.slice(4));
    let object: object | undefined;
    if (rest === '') object = this.#versioned(namespace(own));
    else if (name !== '') object = this.#versioned(pod(number, this.#size));
    else if (rest === 'networkpolicies') {
      const { policies } = this.#size;
      const step = namespacesOf(this.#size);
      const count = Math.max(0, Math.ceil((policies - own) / step));
      object = { items: Array.from({ length: count }, (_, i) => this.#versioned(policy(own + i * step, this.#size))) };
    }
    if (object === undefined) refuse(response, 404, 'not found');
    else response.end(JSON.stringify(object));
  }
}

function refuse(response: ServerResponse, code: number, message: string): void {
  response.writeHead(code).end(JSON.stringify({ kind: 'Status', code, message }));
}
