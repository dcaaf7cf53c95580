/** One request, from its path to the part that answers it. */
import { badRequest } from '../errors.ts';
import { reviews } from '../resources.ts';
import { actions, review, scale } from './actions.ts';
import { readObject } from './body.ts';
import { discovery, openapi } from './discovery.ts';
import { type Exchange, flag, objectOf, type ResourceExchange, sendJson, sendText } from './exchange.ts';
import { isStreamed } from './exec.ts';
import { patch } from './patch.ts';
import { authorize } from './rbac.ts';
import { readList } from './read.ts';
import { segmentsOf, targetOf, unknownPath } from './route.ts';
import { watch } from './watch.ts';
import { answer, notAllowed, remove, write } from './write.ts';

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
      const target = targetOf(segments);
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
  authorize(exchange);
  const action = actions[subresource];
  if (action) {
    if (method !== action.method) throw notAllowed();
    return action.run(exchange);
  }
  if (isStreamed(subresource)) throw badRequest('Upgrade request required');
  if (subresource === 'scale') return scale(exchange);
  if (name === undefined) {
    // what a namespaced kind is created in must be said
    const everywhere = target.resource.namespaced && target.namespace === undefined;
    if (method === 'GET') return flag(query, 'watch') ? watch(exchange) : readList(exchange);
    if (method === 'POST' && !everywhere) return write(exchange, await readObject(request));
    throw notAllowed();
  }
  switch (method) {
    case 'GET':
      return answer(exchange, 200, objectOf(exchange));
    case 'PUT':
      return write(exchange, await readObject(request));
    case 'PATCH':
      return patch(exchange);
    case 'DELETE':
      if (subresource === '') return remove(exchange);
  }
  throw notAllowed();
}
