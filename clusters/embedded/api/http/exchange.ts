/** One request and its answer, with what every part of the front end needs of them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError, type Kubelets, type KubeObject } from '../../objects.ts';
import { badRequest, internal, notFound } from '../errors.ts';
import { trackUpdate, type Who } from '../patch/managers.ts';
import type { Resource } from '../resources.ts';
import type { Store, WriteOptions } from '../store.ts';

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
