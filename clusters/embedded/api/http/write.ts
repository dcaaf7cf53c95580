/** POST, PUT, PATCH and DELETE of objects. */
import type { DeleteOptions, KubeObject } from '../../objects.ts';
import { ApiError } from '../../objects.ts';
import { badRequest, conflict, notFound } from '../errors.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { decode } from '../schema/decode.ts';
import type { WriteOptions } from '../store.ts';
import { readObject } from './body.ts';
import { type ResourceExchange, sendJson, sendText } from './exchange.ts';
import { writeOptions } from './manager.ts';
import { representation } from './read.ts';
import { objectText } from './represent.ts';

/** An object from a client: of the right kind, its fields checked as `fieldValidation` asks (Warn if it does not). */
export function decodeFor(exchange: ResourceExchange, given: unknown, resource: Resource): KubeObject {
  const { kind, apiVersion } = (given ?? {}) as Partial<KubeObject>;
  const expected = apiVersionOf(resource);
  if ((kind && kind !== resource.kind) || (apiVersion && apiVersion !== expected)) {
    const version = (apiVersion ?? expected).split('/').at(-1);
    throw badRequest(
      `${kind} in version "${version}" cannot be handled as a ${resource.kind}: converting (${version}.${kind}) to (${resource.kind}): unknown conversion`,
    );
  }
  const { object, unknown } = decode(resource, given);
  const validation = exchange.query.get('fieldValidation') || 'Warn';
  if (unknown.length > 0 && validation === 'Strict') {
    const fields = unknown.map((path) => `unknown field "${path}"`).join(', ');
    throw badRequest(
      `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: strict decoding error: ${fields}`,
    );
  }
  if (validation === 'Warn') for (const path of unknown) warn(exchange, `unknown field "${path}"`);
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

/** Adds a Warning header, which kubectl prints. */
function warn({ response }: ResourceExchange, text: string): void {
  response.appendHeader('Warning', `299 - ${JSON.stringify(text)}`);
}

/** Answers with the object, in the form the client asked for. */
export function answer(exchange: ResourceExchange, code: number, object: KubeObject): void {
  sendText(exchange.response, code, `${objectText(representation(exchange), object)}\n`);
}

export async function create(exchange: ResourceExchange): Promise<void> {
  const { request, store, target } = exchange;
  const object = placed(exchange, decodeFor(exchange, await readObject(request), target.resource));
  answer(exchange, 201, store.write('create', object, writeOptions(exchange)));
}

export async function replace(exchange: ResourceExchange): Promise<void> {
  const { request, store, target } = exchange;
  const object = placed(exchange, decodeFor(exchange, await readObject(request), target.resource));
  const verb = target.subresource === 'status' ? 'updateStatus' : 'update';
  answer(exchange, 200, store.write(verb, object, writeOptions(exchange)));
}

interface DeleteBody {
  gracePeriodSeconds?: number;
  propagationPolicy?: DeleteOptions['propagationPolicy'];
  orphanDependents?: boolean;
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: string[];
}

async function deleteOptions(exchange: ResourceExchange): Promise<DeleteOptions & WriteOptions & DeleteBody> {
  const { request, query } = exchange;
  const body = ((await readObject(request)) ?? {}) as DeleteBody;
  const grace = query.get('gracePeriodSeconds') ?? body.gracePeriodSeconds;
  const policy = query.get('propagationPolicy') ?? body.propagationPolicy;
  const dryRun = writeOptions(exchange).dryRun || (body.dryRun ?? []).length > 0;
  const { uid } = body.preconditions ?? {};
  return {
    ...body,
    dryRun,
    ...(grace === undefined ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(policy === undefined ? {} : { propagationPolicy: policy as 'Background' }),
    ...(uid === undefined ? {} : { uid }),
  } as DeleteOptions & WriteOptions & DeleteBody;
}

export async function remove(exchange: ResourceExchange): Promise<void> {
  const { store, target, response } = exchange;
  const { resource, namespace } = target;
  const name = target.name as string;
  const options = await deleteOptions(exchange);
  const old = store.get(resource.kind, namespace, name);
  if (!old) throw notFound(resource, name);
  const { resourceVersion: wanted } = options.preconditions ?? {};
  const { resourceVersion: actual, uid } = old.metadata;
  if (wanted !== undefined && wanted !== actual)
    throw conflict(
      resource,
      name,
      `the ResourceVersion in the precondition (${wanted}) does not match the ResourceVersion in record (${actual}). The object might have been modified`,
    );
  const { object, gone } = store.delete(resource.kind, namespace, name, options);
  // what is still there is answered as it is, and so are the kinds whose registries return what they delete
  if (!gone || ['Pod', 'Service', 'Namespace', 'ServiceAccount'].includes(resource.kind))
    return answer(exchange, 200, object);
  const details = { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.plural, uid };
  sendJson(response, 200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
}

/** What a method is not for. */
export const notAllowed = () =>
  new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
