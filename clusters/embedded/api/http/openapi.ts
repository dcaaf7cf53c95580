/**
 * OpenAPI v3 of what is served, as far as clients use it: kubectl asks whether PATCH takes `fieldValidation` and makes
 * its three-way patches from the schemas' merge keys. Descriptions, and with them `kubectl explain`, are left out.
 */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { apiVersionOf, type Resource, resources } from '../resources.ts';
import { type Field, fieldsOf, structName } from '../schema/schema.ts';
import { views } from '../views.ts';
import { sendJson, sendText } from './exchange.ts';
import { unknownPath } from './route.ts';

const scalars: Record<string, object> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
  time: { type: 'string', format: 'date-time' },
  microtime: { type: 'string', format: 'date-time' },
  intstr: { oneOf: [{ type: 'integer' }, { type: 'string' }], format: 'int-or-string' },
  quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  any: { type: 'object' },
};

function schemaOf(field: Field): object {
  if (field.kind === 'struct') return { allOf: [{ $ref: `#/components/schemas/${field.type}` }], ...extensions(field) };
  const inner = field.item === undefined ? {} : schemaOf(field.item);
  if (field.kind === 'list') return { type: 'array', items: inner, ...extensions(field) };
  if (field.kind === 'map') return { type: 'object', additionalProperties: inner, ...extensions(field) };
  return { ...scalars[field.type], ...(field.default === undefined ? {} : { default: field.default }) };
}

function extensions({ kind, mapKeys, set, atomic, mergeKey, retainKeys }: Field): object {
  const strategies = [...(mergeKey === undefined ? [] : ['merge']), ...(retainKeys ? ['retainKeys'] : [])];
  return {
    ...(mapKeys ? { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': mapKeys } : {}),
    ...(set ? { 'x-kubernetes-list-type': 'set' } : {}),
    ...(atomic && kind !== 'list' ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(mergeKey ? { 'x-kubernetes-patch-merge-key': mergeKey } : {}),
    ...(strategies.length > 0 ? { 'x-kubernetes-patch-strategy': strategies.join(',') } : {}),
  };
}

/** Adds the struct, and all that it is made of, to `schemas`. */
function addSchemas(schemas: Record<string, object>, struct: string, kinds: object[] = []): void {
  if (schemas[struct]) return;
  const fields = [...fieldsOf(struct)];
  const required = fields.filter(([, field]) => field.required).map(([name]) => name);
  schemas[struct] = {
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(fields.map(([name, field]) => [name, schemaOf(field)])),
    ...(kinds.length > 0 ? { 'x-kubernetes-group-version-kind': kinds } : {}),
  };
  for (const [, field] of fields) {
    let inner = field;
    while (inner.item) inner = inner.item;
    if (inner.kind === 'struct') addSchemas(schemas, inner.type);
  }
}

const queryParameter = (name: string) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } });
const written = ['dryRun', 'fieldManager', 'fieldValidation'].map(queryParameter);

function operation(resource: Resource, action: string, types: string[], parameters: object[] = []): object {
  const { group, version, kind } = resource;
  const schema = { $ref: `#/components/schemas/${structName(resource)}` };
  const ofTypes = (names: string[]) => Object.fromEntries(names.map((name) => [name, { schema }]));
  return {
    operationId: `${action}${kind}`,
    parameters,
    ...(types.length > 0 ? { requestBody: { content: ofTypes(types), required: true } } : {}),
    responses: { 200: { description: 'OK', content: ofTypes(['application/json']) } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
  };
}

const patches = ['json-patch+json', 'merge-patch+json', 'strategic-merge-patch+json', 'apply-patch+yaml'];

function documentOf(ofVersion: Resource[]): object {
  const schemas: Record<string, object> = {};
  const paths: Record<string, object> = {};
  for (const resource of ofVersion) {
    const { group, version, kind, namespaced, plural } = resource;
    addSchemas(schemas, structName(resource), [{ group, version, kind }]);
    const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const collection = `${root}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}`;
    paths[collection] = {
      get: operation(resource, 'list', []),
      post: operation(resource, 'post', ['application/json'], written),
    };
    paths[`${collection}/{name}`] = {
      get: operation(resource, 'get', []),
      put: operation(resource, 'put', ['application/json'], written),
      patch: operation(
        resource,
        'patch',
        patches.map((each) => `application/${each}`),
        [...written, queryParameter('force')],
      ),
      delete: operation(resource, 'delete', ['application/json'], [queryParameter('dryRun')]),
    };
  }
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.34.3' }, paths, components: { schemas } };
}

const served = [...resources, ...views];
const pathOf = (resource: Resource): string => `api${resource.group === '' ? '' : 's'}/${apiVersionOf(resource)}`;
const documents = new Map<string, string>();

function documentText(path: string): string {
  let text = documents.get(path);
  if (text === undefined) {
    const ofVersion = served.filter((resource) => pathOf(resource) === path);
    if (ofVersion.length === 0) throw unknownPath();
    text = JSON.stringify(documentOf(ofVersion));
    documents.set(path, text);
  }
  return text;
}

/** Answers /openapi/v3 (`path` empty) and the documents below it. */
export function openapi(response: ServerResponse, path: string): void {
  if (path !== '') return sendText(response, 200, documentText(path));
  const paths = [...new Set(served.map(pathOf))].map((each) => {
    // clients cache a document by its hash
    const hash = createHash('sha256').update(documentText(each)).digest('hex').toUpperCase();
    return [each, { serverRelativeURL: `/openapi/v3/${each}?hash=${hash}` }];
  });
  sendJson(response, 200, { paths: Object.fromEntries(paths) });
}
