/** One request and its answer, with what every part of the front end needs of them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError, type Kubelets, type KubeObject } from '../../objects.ts';
import { badRequest, internal, notFound } from '../errors.ts';
import { encode } from '../json.ts';
import { trackUpdate, type Who } from '../patch/managers.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import type { Store } from '../store.ts';
import type { WriteOptions } from '../strategy.ts';
import { tableOf } from '../tables/table.ts';

/** What a path means: a collection, an object or something below it. */
export interface Target {
  resource: Resource;
  namespace?: string;
  name?: string;
  subresource?: string;
}

export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  query: URLSearchParams;
  store: Store;
  kubelets: Kubelets;
}

export interface ResourceExchange extends Exchange {
  target: Target;
}

/** The object that the path names. Throws 404 where it is not there. */
export function objectOf({ store, target: { resource, namespace, name = '' } }: ResourceExchange): KubeObject {
  const object = store.get(resource.kind, namespace, name);
  if (!object) throw notFound(resource, name);
  return object;
}

const status = { kind: 'Status', apiVersion: 'v1', metadata: {} };
export const success = { ...status, status: 'Success' };
export const failure = { ...status, status: 'Failure' };

/** The metav1.Status of a refusal. */
export const statusOf = ({ message, reason, details, code }: ApiError) => ({
  ...failure,
  message,
  ...(reason && { reason }),
  ...(details && { details }),
  code,
});

/** Any error as a refusal; what is not one is a fault of this server, and says so. */
export const asApiError = (error: unknown): ApiError =>
  error instanceof ApiError ? error : internal(String(error instanceof Error ? error.stack : error));

export function sendText(response: ServerResponse, code: number, text: string, type = 'application/json'): void {
  response.writeHead(code, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-cache, private',
  });
  response.end(text);
}

export const sendJson = (response: ServerResponse, code: number, body: object): void =>
  sendText(response, code, `${JSON.stringify(body)}\n`);

/** `?flag`, `?flag=1` and `?flag=true` switch a flag on. */
export function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && !['false', '0'].includes(value.toLowerCase());
}

/** Who is writing, as managedFields records it: the name in the request, or the first part of the client's own. */
export function managerOf({ request, query, target }: ResourceExchange, operation: Who['operation']): Who {
  const manager = query.get('fieldManager') || (request.headers['user-agent'] ?? 'unknown').split('/')[0] || 'unknown';
  const { subresource } = target;
  return { manager: manager.slice(0, 128), operation, ...(subresource && { subresource }) };
}

function dryRun(query: URLSearchParams): boolean {
  const values = query.getAll('dryRun');
  for (const value of values)
    if (value !== 'All') throw badRequest(`dryRun: Unsupported value: "${value}": supported values: "All"`);
  return values.length > 0;
}

/** Options of a write that is no apply: whoever wrote owns what changed. */
export function writeOptions(exchange: ResourceExchange): WriteOptions {
  const who = managerOf(exchange, 'Update');
  const { resource } = exchange.target;
  return { dryRun: dryRun(exchange.query), manage: (object, old) => trackUpdate(resource, object, old, who) };
}

/** Whether the first form in the header that this server has is a table. Throws 406 where it has none. */
function wantsTable(accept: string): boolean {
  for (const each of accept.split(',')) {
    const [type = '', ...rest] = each.split(';').map((part) => part.trim());
    if (!['application/json', 'application/*', '*/*'].includes(type)) continue;
    const { as, g, v } = Object.fromEntries(rest.map((parameter) => parameter.split('='))) as Record<string, string>;
    if (as === undefined) return false;
    if (as === 'Table' && g === 'meta.k8s.io' && v === 'v1') return true;
  }
  const types = 'application/json, application/yaml, application/vnd.kubernetes.protobuf, application/cbor';
  throw new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${types}`, {});
}

/** Writes an object, or a list with its ListMeta, as Accept asks: as JSON or kubectl's table. Throws 406 for others. */
export function representation({ request, query, target: { resource } }: ResourceExchange) {
  const isTable = wantsTable(request.headers.accept ?? '*/*');
  /** Of tables: what of the object each row carries. */
  const include = query.get('includeObject') ?? 'Metadata';
  const table = (objects: KubeObject[], meta: object) => JSON.stringify(tableOf(resource, objects, include, meta));
  const { kind } = resource;
  const apiVersion = apiVersionOf(resource);

  return {
    object(object: KubeObject): string {
      return isTable ? table([object], { resourceVersion: object.metadata.resourceVersion }) : encode(object);
    },
    list(objects: KubeObject[], meta: object): string {
      if (isTable) return table(objects, meta);
      // in a list the real server leaves out what the list already says: the items' kind and apiVersion
      const head = `${JSON.stringify({ apiVersion, kind }).slice(0, -1)},`;
      const items = objects.map(encode).map((text) => (text.startsWith(head) ? `{${text.slice(head.length)}` : text));
      const list = JSON.stringify({ kind: `${kind}List`, apiVersion, metadata: meta });
      return `${list.slice(0, -1)},"items":[${items.join(',')}]}\n`;
    },
  };
}
