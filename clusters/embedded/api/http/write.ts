/** POST, PUT, PATCH and DELETE of objects. */
import { ApiError, type DeleteOptions, type KubeObject } from '../../objects.ts';
import { about, badRequest, conflict, unhandled } from '../errors.ts';
import { apiVersionOf } from '../resources.ts';
import { decode } from '../schema/decode.ts';
import { readObject } from './body.ts';
import {
  objectOf,
  type ResourceExchange,
  representation,
  sendJson,
  sendText,
  success,
  writeOptions,
} from './exchange.ts';

/** An object from a client: of the right kind, its fields checked as `fieldValidation` asks (Warn if it does not). */
function decodeFor(exchange: ResourceExchange, given: unknown): KubeObject {
  const { resource } = exchange.target;
  const { kind, apiVersion } = (given ?? {}) as Partial<KubeObject>;
  const expected = apiVersionOf(resource);
  if ((kind && kind !== resource.kind) || (apiVersion && apiVersion !== expected)) {
    const version = (apiVersion ?? expected).split('/').at(-1) as string;
    const why = `converting (${version}.${kind}) to (${resource.kind}): unknown conversion`;
    throw unhandled(resource, why, { kind, version });
  }
  const { object, unknown } = decode(resource, given);
  const validation = exchange.query.get('fieldValidation') || 'Warn';
  const warnings = unknown.map((path) => `unknown field "${path}"`);
  if (warnings.length > 0 && validation === 'Strict')
    throw unhandled(resource, `strict decoding error: ${warnings.join(', ')}`);
  // kubectl prints them
  for (const text of validation === 'Warn' ? warnings : [])
    exchange.response.appendHeader('Warning', `299 - ${JSON.stringify(text)}`);
  return object;
}

/** The object's place is the URL's; a body that names another one is refused. */
export function placed({ target }: ResourceExchange, object: KubeObject): KubeObject {
  const { namespace, name } = object.metadata;
  if (target.resource.namespaced && namespace && namespace !== target.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (target.name !== undefined && name && name !== target.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${target.name})`);
  const metadata = { ...object.metadata, name: name || (target.name ?? '') };
  if (target.namespace !== undefined) metadata.namespace = target.namespace;
  return { ...object, metadata };
}

/** Answers with the object, in the form the client asked for. */
export function answer(exchange: ResourceExchange, code: number, object: KubeObject): void {
  sendText(exchange.response, code, `${representation(exchange).object(object)}\n`);
}

/** Stores what the client sent as the object that the path names, or as a new one of the path's collection. */
export function write(exchange: ResourceExchange, given: unknown): void {
  const { store, target } = exchange;
  const object = placed(exchange, decodeFor(exchange, given));
  const verb = target.name === undefined ? 'create' : target.subresource === 'status' ? 'updateStatus' : 'update';
  answer(exchange, verb === 'create' ? 201 : 200, store.write(verb, object, writeOptions(exchange)));
}

interface DeleteBody extends DeleteOptions {
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: string[];
}

export async function remove(exchange: ResourceExchange): Promise<void> {
  const { request, query, store, target, response } = exchange;
  const { resource, namespace, name = '' } = target;
  const body = ((await readObject(request)) ?? {}) as DeleteBody;
  const grace = query.get('gracePeriodSeconds') ?? body.gracePeriodSeconds;
  const propagationPolicy = (query.get('propagationPolicy') as 'Background' | null) ?? body.propagationPolicy;
  const { uid: wantedUid, resourceVersion: wanted } = body.preconditions ?? {};
  const options = writeOptions(exchange);

  const { uid, resourceVersion: actual } = objectOf(exchange).metadata;
  if (wanted !== undefined && wanted !== actual) {
    const record = `does not match the ResourceVersion in record (${actual}). The object might have been modified`;
    throw conflict(resource, name, `the ResourceVersion in the precondition (${wanted}) ${record}`);
  }
  const { object, gone } = store.delete(resource.kind, namespace, name, {
    ...options,
    dryRun: options.dryRun === true || (body.dryRun ?? []).length > 0,
    ...(grace !== undefined && { gracePeriodSeconds: Number(grace) }),
    ...(propagationPolicy !== undefined && { propagationPolicy }),
    ...(wantedUid !== undefined && { uid: wantedUid }),
  });
  // what is still there is answered as it is, and so are the kinds whose registries return what they delete
  if (!gone || ['Pod', 'Service', 'Namespace', 'ServiceAccount'].includes(resource.kind))
    return answer(exchange, 200, object);
  sendJson(response, 200, { ...success, details: { ...about(resource, name), uid } });
}

/** What a method is not for. */
export const notAllowed = () =>
  new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
