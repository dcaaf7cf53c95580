/**
 * Watches: a stream of JSON lines, each one change.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
import { ApiError, type EventType, type KubeObject } from '../../objects.ts';
import { badRequest, expired } from '../errors.ts';
import { apiVersionOf } from '../resources.ts';
import { filterOf as selected } from '../selectors.ts';
import { flag, type ResourceExchange, representation, statusOf } from './exchange.ts';
import { filterOf, revisionOf } from './read.ts';

/** How often a quiet watch tells how far it is, in milliseconds. */
const bookmarkEvery = 60_000;
/** What may wait for a client to read it, in bytes. */
const mostUnread = 32 * 1024 * 1024;
/** What a watch lasts if the client does not say, in seconds. */
const defaultTimeout = 1800;

export function watch(exchange: ResourceExchange): void {
  const { store, target, response, query } = exchange;
  const { kind } = target.resource;
  const represent = representation(exchange);
  const matches = selected(target.resource, filterOf(exchange));
  const initial = flag(query, 'sendInitialEvents');
  const bookmarks = flag(query, 'allowWatchBookmarks');
  const needs = 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
  if (initial && query.get('resourceVersionMatch') !== 'NotOlderThan')
    throw new ApiError(422, 'Invalid', `ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: ${needs}`);
  const from = revisionOf(query);
  // an informer that gets 410 lists anew; it would wait for ever for a revision of a server that is gone
  if (from > store.revision()) throw expired(`too large resource version: ${from} (${store.revision()})`);
  const timeout = Number(query.get('timeoutSeconds') ?? defaultTimeout);
  if (!Number.isFinite(timeout)) throw badRequest(`timeoutSeconds is not a number`);

  const lineOf = (type: string, text: string) => `{"type":"${type}","object":${text}}\n`;
  const send = (type: string, text: string): void => {
    response.write(lineOf(type, text));
    // a client that does not read must list anew, as it must with the real server
    if (response.writableLength > mostUnread) response.destroy();
  };
  const sendObject = (type: EventType, object: KubeObject) => send(type, represent.object(object));
  const sendBookmark = (annotations?: object) => {
    const metadata = { resourceVersion: String(store.revision()), creationTimestamp: null, ...annotations };
    send('BOOKMARK', JSON.stringify({ kind, apiVersion: apiVersionOf(target.resource), metadata }));
  };

  const end = (error: ApiError) => void response.end(lineOf('ERROR', JSON.stringify(statusOf(error))));

  let stop: () => void;
  const list = initial || from === 0;
  try {
    stop = store.since(kind, list ? store.revision() : from, ({ type, object, old }) => {
      if (response.destroyed || response.writableEnded) return;
      if (store.adversary?.expires()) {
        end(expired('too old resource version'));
        return;
      }
      const now = type !== 'DELETED' && matches(object);
      const before = old !== undefined && matches(old);
      // to a client that selects, an object that no longer matches is gone
      if (now) sendObject(before ? 'MODIFIED' : 'ADDED', object);
      else if (before) sendObject('DELETED', type === 'DELETED' ? object : { ...old, metadata: object.metadata });
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    response.writeHead(200, { 'Content-Type': 'application/json' });
    return end(error);
  }

  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' });
  response.flushHeaders();
  response.cork();
  if (list) for (const object of store.list(kind, filterOf(exchange))) sendObject('ADDED', object);
  if (initial) sendBookmark({ annotations: { 'k8s.io/initial-events-end': 'true' } });
  response.uncork();

  // a bookmark says that nothing is under way
  const tells = bookmarks && store.adversary === undefined;
  const ticking = tells ? setInterval(sendBookmark, bookmarkEvery) : undefined;
  const ending = setTimeout(() => {
    if (tells) sendBookmark();
    response.end();
  }, timeout * 1000);
  response.on('close', () => {
    stop();
    clearInterval(ticking);
    clearTimeout(ending);
  });
}
