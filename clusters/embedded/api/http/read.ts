/** GET of a collection. */
import { ApiError, type ListFilter } from '../../objects.ts';
import { badRequest } from '../errors.ts';
import { type ResourceExchange, representation, sendText } from './exchange.ts';

export function filterOf({ query, target }: ResourceExchange): ListFilter {
  return {
    ...(target.namespace !== undefined && { namespace: target.namespace }),
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
  };
}

/** The revision that a request names; 0 for none or for "any". Throws 400 for what is no number. */
export function revisionOf(query: URLSearchParams): number {
  const text = query.get('resourceVersion') ?? '';
  const why = `strconv.ParseUint: parsing "${text}": invalid syntax`;
  if (!/^\d*$/.test(text))
    throw badRequest(`invalid resource version: resourceVersion: Invalid value: "${text}": ${why}`);
  return Number(text);
}

/** A revision from the future: of another server, or of this one before it was restarted. Clients then list again. */
const tooLarge = (revision: number, current: number) =>
  new ApiError(504, 'Timeout', `Timeout: Too large resource version: ${revision}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });

/** Where a page of a list begins, from its token `REVISION.OFFSET`. Throws 400 for what is none. */
function placeOf(token: string): { revision: number; offset: number } {
  const [, revision, offset] = /^(\d+)\.(\d+)$/.exec(token) ?? [];
  if (revision === undefined) throw badRequest('continue key is not valid');
  return { revision: Number(revision), offset: Number(offset) };
}

/**
 * A list is of the newest state, which satisfies any resourceVersion that is not from the future; its further pages are
 * of the same state. No pages for resourceVersion 0, as the real server has it:
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
 */
export function readList(exchange: ResourceExchange): void {
  const { store, target, response, query } = exchange;
  const revision = revisionOf(query);
  if (revision > store.revision()) throw tooLarge(revision, store.revision());
  const token = query.get('continue');
  const place = token ? placeOf(token) : { revision: store.revision(), offset: 0 };
  const filter = filterOf(exchange);
  const objects = store.listAt(target.resource.kind, filter, place.revision);
  const limit = query.get('resourceVersion') === '0' ? 0 : Number(query.get('limit') ?? 0);
  const end = limit > 0 ? place.offset + limit : objects.length;
  const rest = objects.length - end;
  const selected = filter.labelSelector !== '' || filter.fieldSelector !== '';
  const meta = {
    resourceVersion: String(place.revision),
    ...(rest > 0 && { continue: `${place.revision}.${end}` }),
    // the real server does not count what selectors would leave
    ...(rest > 0 && !selected && { remainingItemCount: rest }),
  };
  sendText(response, 200, representation(exchange).list(objects.slice(place.offset, end), meta));
}
