import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Meta } from '../model/objects.ts';

interface FakeObject {
  metadata: Meta;
}

/** Which list an object is in, by what kind of thing it is. */
const lists = {
  nodes: '/api/v1/nodes',
  services: '/api/v1/services',
  endpointslices: '/apis/discovery.k8s.io/v1/endpointslices',
  pods: '/api/v1/pods',
  namespaces: '/api/v1/namespaces',
  networkpolicies: '/apis/networking.k8s.io/v1/networkpolicies',
  servicecidrs: '/apis/networking.k8s.io/v1/servicecidrs',
};
export type Kind = keyof typeof lists;
const kinds = Object.keys(lists) as Kind[];

interface Change {
  version: number;
  type: string;
  object: FakeObject;
}

/** A Kubernetes API server with just the reads that the agent makes, and with every fault that a test wants. */
export class FakeApi {
  readonly #objects = new Map(kinds.map((kind) => [kind, new Map<string, FakeObject>()]));
  readonly #history = new Map(kinds.map((kind): [Kind, Change[]] => [kind, []]));
  readonly #watches = new Set<{ kind: Kind; send: (change: Change) => void }>();
  readonly #sockets = new Set<Socket>();
  readonly #server: http.Server;
  #version = 100;
  #uid = 0;
  /** Paths of all requests so far, with their queries. */
  readonly requests: string[] = [];
  /** Events that were written, oldest first. */
  readonly events: Record<string, unknown>[] = [];
  /** Answers every request with this status, when it is set. */
  fail: number | undefined;
  /** Takes requests and never answers, when it is set. */
  mute = false;
  /** Holds events of watches back: single reads see what watches do not. */
  muted = false;
  /** Watches from a version below this one are told 410 Gone. */
  oldest = 0;
  /** Whether lists can be had as watches: refused, answered, or not understood, as by servers of long ago. */
  streaming: 'refused' | 'answered' | 'ignored' = 'refused';
  /** As a real server: no more than this many objects a page. */
  pageSize = 500;

  /** `tls`: key and certificate; then it asks for the token "let me in" as well. */
  constructor(tls?: { key: string; cert: string }) {
    this.#server =
      tls === undefined
        ? http.createServer((request, response) => this.#answer(request, response))
        : https.createServer(tls, (request, response) => {
            if (request.headers.authorization === 'Bearer let me in') this.#answer(request, response);
            else status(response, 401, 'Unauthorized');
          });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Starts to listen; resolves with the URL. */
  async listen(host = '127.0.0.1', port = 0): Promise<string> {
    await once(this.#server.listen(port, host), 'listening');
    const scheme = this.#server instanceof https.Server ? 'https' : 'http';
    return `${scheme}://${host}:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.cut();
    await once(this.#server.close(), 'close');
  }

  /** Ends all connections without a word more than has been said. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroySoon();
  }

  /** Makes or changes an object. */
  put<T extends FakeObject>(kind: Kind, given: T): T {
    const objects = this.#of(kind);
    const key = `${given.metadata.namespace ?? ''}/${given.metadata.name}`;
    const known = objects.get(key);
    const uid = given.metadata.uid ?? known?.metadata.uid ?? `uid-${++this.#uid}`;
    const object = { ...given, metadata: { ...given.metadata, uid, resourceVersion: String(++this.#version) } };
    objects.set(key, object);
    this.#tell(kind, known === undefined ? 'ADDED' : 'MODIFIED', object);
    return object;
  }

  remove(kind: Kind, namespace: string | undefined, name: string): void {
    const key = `${namespace ?? ''}/${name}`;
    const known = this.#of(kind).get(key);
    if (known === undefined) return;
    this.#of(kind).delete(key);
    const object = { ...known, metadata: { ...known.metadata, resourceVersion: String(++this.#version) } };
    this.#tell(kind, 'DELETED', object);
  }

  bookmark(): void {
    this.#version += 1;
    for (const { send } of this.#watches) {
      const metadata = { name: '', resourceVersion: String(this.#version) };
      send({ version: this.#version, type: 'BOOKMARK', object: { metadata } });
    }
  }

  /** What there is now, to be restored later, by a server that starts anew (`cut`) or one that does not. */
  backup(): (cut?: boolean) => void {
    const objects = kinds.map((kind): [Kind, Map<string, FakeObject>] => [kind, new Map(this.#of(kind))]);
    const version = this.#version;
    return (cut = true) => {
      for (const [kind, some] of objects) {
        this.#objects.set(kind, some);
        this.#history.set(
          kind,
          (this.#history.get(kind) as Change[]).filter((change) => change.version <= version),
        );
      }
      this.#version = version;
      if (cut) this.cut();
    };
  }

  /** Tells all watches of a kind something that need not be so. */
  tell(kind: Kind, type: string, object: FakeObject): void {
    for (const watch of this.#watches) if (watch.kind === kind) watch.send({ version: 0, type, object });
  }

  /** Whether somebody watches this kind. */
  watching(kind: Kind): boolean {
    return [...this.#watches].some((watch) => watch.kind === kind);
  }

  #of(kind: Kind): Map<string, FakeObject> {
    return this.#objects.get(kind) as Map<string, FakeObject>;
  }

  #tell(kind: Kind, type: string, object: FakeObject): void {
    const change = { version: this.#version, type, object };
    (this.#history.get(kind) as Change[]).push(change);
    if (this.muted) return;
    for (const watch of this.#watches) if (watch.kind === kind) watch.send(change);
  }

  #answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://fake');
    this.requests.push(request.url ?? '');
    if (this.mute) return;
    if (this.fail !== undefined) return status(response, this.fail, 'the test wants it so');
    if (request.method === 'POST') return void this.#take(request, response);
    for (const [kind, path] of Object.entries(lists) as [Kind, string][]) {
      if (url.pathname === path) {
        return url.searchParams.has('watch') ? this.#watch(kind, url, response) : this.#list(kind, '', url, response);
      }
    }
    const [, group, namespace = '', kind, name] =
      /^(\/apis?\/.*)\/namespaces\/([^/]+)(?:\/([^/]+)(?:\/([^/]+))?)?$/.exec(url.pathname) ?? [];
    if (group === undefined) return status(response, 404, 'no such path');
    if (kind !== undefined && name === undefined) return this.#list(kind as Kind, namespace, url, response);
    const object =
      kind === undefined
        ? this.#of('namespaces').get(`/${namespace}`)
        : this.#of(kind as Kind).get(`${namespace}/${name}`);
    if (object === undefined) return status(response, 404, 'not found');
    response.end(JSON.stringify(object));
  }

  async #take(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    this.events.push((await json(request)) as Record<string, unknown>);
    response.writeHead(201).end('{}');
  }

  #list(kind: Kind, namespace: string, url: URL, response: http.ServerResponse): void {
    const all = [...this.#of(kind).values()].filter((one) => namespace === '' || one.metadata.namespace === namespace);
    const start = Number(url.searchParams.get('continue') ?? 0);
    const end = start + Math.min(Number(url.searchParams.get('limit') ?? this.pageSize), this.pageSize);
    const metadata = { resourceVersion: String(this.#version), ...(end < all.length ? { continue: String(end) } : {}) };
    response.end(JSON.stringify({ metadata, items: all.slice(start, end) }));
  }

  #watch(kind: Kind, url: URL, response: http.ServerResponse): void {
    const initial = url.searchParams.has('sendInitialEvents');
    if (initial && this.streaming === 'refused') return status(response, 422, 'sendInitialEvents is forbidden');
    const from = initial ? this.#version : Number(url.searchParams.get('resourceVersion'));
    const send = ({ type, object }: Change) => response.write(`${JSON.stringify({ type, object })}\n`);
    response.flushHeaders();
    if (!initial && from < this.oldest) {
      const object = { code: 410, message: 'too old resource version' };
      response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
      return;
    }
    if (initial) {
      for (const object of this.#of(kind).values()) send({ version: from, type: 'ADDED', object });
      const end = this.streaming === 'answered' ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
      const metadata = { name: '', resourceVersion: String(this.#version), ...end };
      send({ version: from, type: 'BOOKMARK', object: { metadata } });
    }
    if (!this.muted) for (const change of this.#history.get(kind) as Change[]) if (change.version > from) send(change);
    const watch = { kind, send };
    this.#watches.add(watch);
    response.once('close', () => this.#watches.delete(watch));
  }
}

function status(response: http.ServerResponse, code: number, message: string): void {
  response.writeHead(code).end(JSON.stringify({ kind: 'Status', code, message }));
}
