/**
 * OpenAPI v3 of what is served, as far as kubectl needs it to apply: whether PATCH of a kind takes `fieldValidation`.
 * Schemas, and with them `kubectl explain`, are left out; how lists are merged kubectl knows of its own types.
 */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { resources, rootOf } from '../resources.ts';
import { sendJson, sendText } from './exchange.ts';
import { unknownPath } from './route.ts';

const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
  name,
  in: 'query',
  schema: { type: 'string' },
}));

function documentText(path: string): string {
  const paths: Record<string, object> = {};
  for (const resource of resources.filter((each) => rootOf(each) === path)) {
    const { group, version, kind, namespaced, plural } = resource;
    const patch = {
      parameters,
      responses: { 200: { description: 'OK' } },
      'x-kubernetes-action': 'patch',
      'x-kubernetes-group-version-kind': { group, version, kind },
    };
    paths[`/${path}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}/{name}`] = { patch };
  }
  if (Object.keys(paths).length === 0) throw unknownPath();
  return JSON.stringify({ openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.34.3' }, paths });
}

/** Answers /openapi/v3 (`path` empty) and the documents below it. */
export function openapi(response: ServerResponse, path: string): void {
  if (path !== '') return sendText(response, 200, documentText(path));
  const paths = [...new Set(resources.map(rootOf))].map((each) => {
    // clients cache a document by its hash
    const hash = createHash('sha256').update(documentText(each)).digest('hex').toUpperCase();
    return [each, { serverRelativeURL: `/openapi/v3/${each}?hash=${hash}` }];
  });
  sendJson(response, 200, { paths: Object.fromEntries(paths) });
}
