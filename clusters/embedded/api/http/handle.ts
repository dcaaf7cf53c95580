/** One request, from its path to the part that answers it. */

import { badRequest } from '../errors.ts';
import { reviews } from '../resources.ts';
import { actions, review } from './actions.ts';
import { discovery } from './discovery.ts';
import type { Exchange, ResourceExchange, Target } from './exchange.ts';
import { flag, sendJson, sendText } from './exchange.ts';
import { isStreamed } from './exec.ts';
import { logs } from './logs.ts';
import { openapi } from './openapi.ts';
import { patch } from './patch.ts';
import { authorize } from './rbac.ts';
import { readList, readOne } from './read.ts';
import { targetOf, unknownPath } from './route.ts';
import { scale } from './scale.ts';
import { watch } from './watch.ts';
import { create, notAllowed, remove, replace } from './write.ts';

/** What this server says it is; the build part tells it from a real one. */
const version = {
  major: '1',
  minor: '34',
  gitVersion: 'v1.34.3+embedded',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: `node ${process.version}`,
  compiler: 'netvet',
  platform: 'linux/amd64',
};

/** Segments of a path, decoded. */
export function segmentsOf(pathname: string): string[] {
  try {
    return pathname
      .split('/')
      .filter((each) => each !== '')
      .map(decodeURIComponent);
  } catch {
    throw badRequest(`the path ${pathname} is not encoded properly`);
  }
}

/** The target of a path below a group and version, or undefined for the paths of discovery. */
export function resourcePath(segments: string[]): Target | undefined {
  const [root, ...rest] = segments;
  if (root === 'api' && rest.length > 1) return targetOf('', rest[0] as string, rest.slice(1));
  if (root === 'apis' && rest.length > 2) return targetOf(rest[0] as string, rest[1] as string, rest.slice(2));
  return undefined;
}

export async function handle(exchange: Exchange, pathname: string): Promise<void> {
  const { request, response } = exchange;
  const segments = segmentsOf(pathname);
  const [root, second, third, fourth] = segments;
  switch (root) {
    case 'healthz':
    case 'livez':
    case 'readyz':
      return sendText(response, 200, 'ok', 'text/plain; charset=utf-8');
    case 'version':
      return sendJson(response, 200, version);
    case 'openapi':
      if (second !== 'v3') throw unknownPath();
      return openapi(response, segments.slice(2).join('/'));
    case 'api':
    case 'apis': {
      const asked = reviews.find((each) => each.group === second && each.version === third && each.plural === fourth);
      if (asked && request.method === 'POST') return review(exchange, asked);
      const target = resourcePath(segments);
      if (target) return handleResource({ ...exchange, target });
      if (request.method !== 'GET') throw notAllowed();
      return discovery(response, segments);
    }
    default:
      throw unknownPath();
  }
}

async function handleResource(exchange: ResourceExchange): Promise<void> {
  const { request, query, target } = exchange;
  const { name, subresource = '' } = target;
  const { method } = request;
  authorize(exchange.store, request, query, target);
  const action = actions[subresource];
  if (action) {
    if (method !== action.method) throw notAllowed();
    return action.run(exchange);
  }
  if (subresource === 'log') {
    if (method !== 'GET') throw notAllowed();
    return logs(exchange);
  }
  if (isStreamed(subresource)) throw badRequest('Upgrade request required');
  if (subresource === 'scale') return scale(exchange);
  if (name === undefined) {
    // what a namespaced kind is created in must be said
    const everywhere = target.resource.namespaced && target.namespace === undefined;
    if (method === 'GET') return flag(query, 'watch') ? watch(exchange) : readList(exchange);
    if (method === 'POST' && !everywhere) return create(exchange);
    throw notAllowed();
  }
  switch (method) {
    case 'GET':
      return readOne(exchange);
    case 'PUT':
      return replace(exchange);
    case 'PATCH':
      return patch(exchange);
    case 'DELETE':
      if (subresource === '') return remove(exchange);
  }
  throw notAllowed();
}
