/** PATCH, in each of its four languages. */
import { ApiError, type KubeObject } from '../../objects.ts';
import { badRequest, notFound } from '../errors.ts';
import { jsonPatch } from '../patch/json.ts';
import { mergePatch } from '../patch/merge.ts';
import { strategicMergePatch } from '../patch/strategic.ts';
import type { Resource } from '../resources.ts';
import { objectField } from '../schema/schema.ts';
import { mediaType, parseText, readText } from './body.ts';
import type { ResourceExchange } from './exchange.ts';
import { answer, decodeFor, placed, writeOptions } from './write.ts';

const types = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

const mustBeObject = (patch: unknown): object => {
  if (typeof patch === 'object' && patch !== null && !Array.isArray(patch)) return patch;
  throw badRequest('error decoding patch: the patch is no object');
};

/** The document with the patch of this media type applied. */
export function applyPatch(
  type: string,
  resource: Pick<Resource, 'group' | 'kind'>,
  document: object,
  patch: unknown,
): unknown {
  if (type === 'application/json-patch+json') return jsonPatch(document, patch);
  if (type === 'application/merge-patch+json') return mergePatch(document, mustBeObject(patch));
  return strategicMergePatch(
    document as Record<string, unknown>,
    mustBeObject(patch) as Record<string, unknown>,
    objectField(resource),
  );
}

/** The request's patch, parsed. Throws 415 for a media type that is no patch. */
export async function readPatch({ request }: ResourceExchange): Promise<{ type: string; patch: unknown }> {
  const type = mediaType(request);
  if (!types.includes(type))
    throw new ApiError(
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${types.join(', ')}`,
      {},
    );
  return { type, patch: parseText(await readText(request), (why) => `error decoding patch: ${why}`) };
}

export async function patch(exchange: ResourceExchange): Promise<void> {
  const { store, target, query } = exchange;
  const { resource, namespace } = target;
  const name = target.name as string;
  const { type, patch } = await readPatch(exchange);
  const old = store.get(resource.kind, namespace, name);
  if (!old && type === 'application/apply-patch+yaml') {
    const created = placed(exchange, decodeFor(exchange, patch as KubeObject, resource));
    return answer(exchange, 201, store.write('create', created, writeOptions(query)));
  }
  if (!old) throw notFound(resource, name);
  const patched = applyPatch(type, resource, old, patch) as KubeObject;
  const object = placed(exchange, decodeFor(exchange, patched, resource));
  const verb = target.subresource === 'status' ? 'updateStatus' : 'update';
  answer(exchange, 200, store.write(verb, object, writeOptions(query)));
}
