/** PATCH, in each of its four languages. */
import { ApiError, type KubeObject } from '../../objects.ts';
import { badRequest, modified, notFound, unsupportedType } from '../errors.ts';
import { isObject } from '../json.ts';
import { apply } from '../patch/apply.ts';
import { jsonPatch, mergePatch } from '../patch/json.ts';
import { managersOf, setManagers } from '../patch/managers.ts';
import { strategicMergePatch } from '../patch/strategic.ts';
import { apiVersionOf, type GroupKind } from '../resources.ts';
import { decode } from '../schema/decode.ts';
import { objectField } from '../schema/schema.ts';
import { invalidObject, Place } from '../validation/problem.ts';
import { mediaType, parseText, readText } from './body.ts';
import { flag, managerOf, objectOf, type ResourceExchange, writeOptions } from './exchange.ts';
import { authorize } from './rbac.ts';
import { answer, placed, write } from './write.ts';

const types = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

function mustBeObject(patch: unknown): Record<string, unknown> {
  if (!isObject(patch)) throw badRequest('error decoding patch: the patch is no object');
  return patch;
}

/** The document with the patch of this media type applied. */
export function applyPatch(type: string, resource: GroupKind, document: object, patch: unknown): unknown {
  if (type === 'application/json-patch+json') return jsonPatch(document, patch);
  if (type === 'application/merge-patch+json') return mergePatch(document, mustBeObject(patch));
  return strategicMergePatch(document as Record<string, unknown>, mustBeObject(patch), objectField(resource));
}

/** The request's patch, parsed. Throws 415 for a media type that is no patch. */
export async function readPatch({ request }: ResourceExchange): Promise<{ type: string; patch: unknown }> {
  const type = mediaType(request);
  if (!types.includes(type)) throw unsupportedType(types);
  return { type, patch: parseText(await readText(request), (why) => `error decoding patch: ${why}`) };
}

export async function patch(exchange: ResourceExchange): Promise<void> {
  const { type, patch } = await readPatch(exchange);
  if (type === 'application/apply-patch+yaml') return applyConfiguration(exchange, patch);
  write(exchange, applyPatch(type, exchange.target.resource, objectOf(exchange), patch));
}

const kindText = ({ apiVersion, kind }: KubeObject) =>
  `${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Kind=${kind}`;

/** Fields that the kind does not have cannot be owned; the real server has no better code for it. */
function undeclared(object: KubeObject, unknown: string[]): ApiError {
  const { namespace = '', name } = object.metadata;
  const texts = unknown.map((path) => `.${path}: field not declared in schema`);
  const why = texts.length === 1 ? texts[0] : `errors:\n${texts.map((each) => `  ${each}`).join('\n')}`;
  const place = `${namespace}/${name}; ${kindText(object)}`;
  return new ApiError(500, '', `failed to create typed patch object (${place}): ${why}`);
}

function applyConfiguration(exchange: ResourceExchange, patch: unknown): void {
  const { store, target, query } = exchange;
  const { resource, namespace, name = '', subresource } = target;
  const live = store.get(resource.kind, namespace, name);
  if (!query.get('fieldManager')) {
    const manager = new Place('fieldManager', '');
    manager.required('is required for apply patch');
    throw invalidObject({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', manager.problems);
  }
  const given = mustBeObject(patch) as unknown as KubeObject;
  if (given.metadata?.['managedFields'] !== undefined) throw badRequest('metadata.managedFields must be nil');
  if (given.kind !== resource.kind || given.apiVersion !== apiVersionOf(resource))
    throw badRequest(`invalid object type: ${kindText(given)}`);
  const { object: decoded, unknown } = decode(resource, given);
  if (unknown.length > 0) throw undeclared(decoded, unknown);
  const config = placed(exchange, decoded);
  if (!live && subresource) throw notFound(resource, name);
  if (!live) authorize(exchange, 'create');
  const { resourceVersion } = config.metadata;
  if (resourceVersion && resourceVersion !== live?.metadata.resourceVersion) throw modified(resource, name);

  const before = live ? managersOf(live) : [];
  const { object, managers } = apply(resource, live, config, managerOf(exchange, 'Apply'), flag(query, 'force'));
  const manage = (after: KubeObject) => setManagers(resource, after, managers, before);
  const verb = subresource === 'status' ? 'updateStatus' : live ? 'update' : 'create';
  const written = store.write(verb, decode(resource, object).object, { ...writeOptions(exchange), manage });
  answer(exchange, live ? 200 : 201, written);
}
