/** What is served, for clients that ask: /api, /apis, /openapi/v3 and below. */
import type { ServerResponse } from 'node:http';
import { apiVersionOf, resources, reviews, rootOf } from '../resources.ts';
import { sendJson } from './exchange.ts';
import { unknownPath } from './route.ts';

const objectVerbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

/** Subresources: their verbs, and their type where it is another than that of the object. */
const below: Record<string, object> = {
  status: { verbs: ['get', 'patch', 'update'] },
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get', 'patch', 'update'] },
  log: { verbs: ['get'] },
  exec: { kind: 'PodExecOptions', verbs: ['create', 'get'] },
  attach: { kind: 'PodAttachOptions', verbs: ['create', 'get'] },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] },
  finalize: { verbs: ['update'] },
};

const served = [...resources, ...reviews];

function resourceList(groupVersion: string): object {
  const list = served.filter((resource) => apiVersionOf(resource) === groupVersion);
  if (list.length === 0) throw unknownPath();
  const entries = list.flatMap((resource) => {
    const { plural, singular, namespaced, kind, shortNames, categories, subresources } = resource;
    const type = { namespaced, kind };
    const own = {
      name: plural,
      singularName: singular,
      ...type,
      verbs: reviews.includes(resource) ? ['create'] : objectVerbs,
      ...(shortNames.length > 0 && { shortNames }),
      ...(categories.length > 0 && { categories }),
    };
    return [
      own,
      ...subresources.map((name) => ({ name: `${plural}/${name}`, singularName: '', ...type, ...below[name] })),
    ];
  });
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: entries };
}

/** All are served in version 1; the core group is not one of them. */
const groups = [...new Set(served.map(({ group }) => group))].filter((group) => group !== '');

function groupOf(group: string) {
  const version = { groupVersion: `${group}/v1`, version: 'v1' };
  return { name: group, versions: [version], preferredVersion: version };
}

/** Answers a path that is no resource: the segments after the leading slash. */
export function discovery(response: ServerResponse, segments: string[]): void {
  const [root, group, version] = segments;
  if (root === 'api' && group === undefined)
    sendJson(response, 200, { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] });
  else if (root === 'api') sendJson(response, 200, resourceList(group as string));
  else if (group === undefined)
    sendJson(response, 200, { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupOf) });
  else if (version === undefined) {
    if (!groups.includes(group)) throw unknownPath();
    sendJson(response, 200, { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) });
  } else sendJson(response, 200, resourceList(`${group}/${version}`));
}

const options = ['dryRun', 'fieldManager', 'fieldValidation', 'force'];
const parameters = options.map((name) => ({ name, in: 'query', schema: { type: 'string' } }));
const roots = [...new Set(resources.map(rootOf))];

/**
 * Answers /openapi/v3 (`path` empty) and below, as far as kubectl needs it to apply: whether PATCH of a kind takes
 * `fieldValidation`. No schemas, and so no `kubectl explain`; how lists are merged kubectl knows of its own types.
 */
export function openapi(response: ServerResponse, path: string): void {
  if (path === '') {
    const paths = roots.map((each) => [each, { serverRelativeURL: `/openapi/v3/${each}` }]);
    return sendJson(response, 200, { paths: Object.fromEntries(paths) });
  }
  if (!roots.includes(path)) throw unknownPath();
  const served = resources.filter((each) => rootOf(each) === path);
  const paths = served.map(({ group, version, kind, namespaced, plural }) => {
    const action = { 'x-kubernetes-action': 'patch', 'x-kubernetes-group-version-kind': { group, version, kind } };
    const patch = { parameters, responses: { 200: { description: 'OK' } }, ...action };
    return [`/${path}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}/{name}`, { patch }];
  });
  const info = { title: 'Kubernetes', version: 'v1.34.3' };
  sendJson(response, 200, { openapi: '3.0.0', info, paths: Object.fromEntries(paths) });
}
