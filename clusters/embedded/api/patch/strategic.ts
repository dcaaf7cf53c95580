/**
 * Strategic merge patch: merge patch that knows which lists are merged by which field.
 * https://github.com/kubernetes/community/blob/main/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 */
import { badRequest } from '../errors.ts';
import { equal, isObject, set } from '../json.ts';
import { type Field, fieldAt } from '../schema/schema.ts';

type Json = Record<string, unknown>;

const directive = /^\$(patch|retainKeys|(setElementOrder|deleteFromPrimitiveList)\/.*)$/;

/** `target` with `patch` applied, both of the type `field`; neither is changed. Unknown fields merge as maps do. */
export function strategicMergePatch(target: Json, patch: Json, field: Field | undefined): Json {
  if (patch['$patch'] === 'replace') return added(patch) as Json;
  if (patch['$patch'] === 'delete') return {};
  if (patch['$patch'] !== undefined && patch['$patch'] !== 'merge')
    throw badRequest(`unknown patch type: ${JSON.stringify(patch['$patch'])}`);

  const retain = patch['$retainKeys'];
  const result: Json = Array.isArray(retain)
    ? Object.fromEntries(Object.entries(target).filter(([key]) => retain.includes(key)))
    : { ...target };

  const names = Object.keys(patch).map((key) => key.replace(/^\$(setElementOrder|deleteFromPrimitiveList)\//, ''));
  for (const key of new Set(names)) {
    if (directive.test(key)) continue;
    const inner = fieldAt(field, key);
    const order = patch[`$setElementOrder/${key}`];
    const gone = patch[`$deleteFromPrimitiveList/${key}`];
    let old = Object.hasOwn(result, key) ? result[key] : undefined;
    if (Array.isArray(old) && Array.isArray(gone)) {
      old = old.filter((item) => !gone.some((each) => equal(item, each)));
      set(result, key, old);
    }
    const value = Object.hasOwn(patch, key) ? patch[key] : undefined;
    if (value === undefined) {
      // an order may come for a list of which nothing else changes
      if (Array.isArray(old) && Array.isArray(order) && inner?.mergeKey !== undefined)
        set(result, key, inOrder(old, order, old, inner.mergeKey));
    } else if (value === null) delete result[key];
    else if (isObject(value)) {
      // a map that the patch deletes and that is not there stays away
      if (old === undefined && value['$patch'] === 'delete') continue;
      set(result, key, isObject(old) ? strategicMergePatch(old, value, inner) : added(value));
    } else if (Array.isArray(value) && inner?.kind === 'list' && inner.mergeKey !== undefined)
      set(result, key, mergeLists(Array.isArray(old) ? old : [], value, inner, order as unknown[] | undefined));
    else set(result, key, added(value));
  }
  return result;
}

/** What of a patch is stored where nothing was: all but its directives and its deletions. */
function added(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isObject(item) || item['$patch'] !== 'delete').map(added);
  if (!isObject(value)) return value;
  const result: Json = {};
  for (const [key, each] of Object.entries(value))
    if (!directive.test(key) && each !== null) set(result, key, added(each));
  return result;
}

function mergeLists(old: unknown[], patch: unknown[], field: Field, order: unknown[] | undefined): unknown[] {
  const key = field.mergeKey as string;
  // without a key, items are values, and the list is a set of them
  const merged = key === '' ? [...new Set([...old, ...patch])] : mergeItems(old, patch, field);
  // the patch's own list is an order too
  return inOrder(merged, order ?? patch, old, key);
}

function mergeItems(old: unknown[], patch: unknown[], field: Field): unknown[] {
  const key = field.mergeKey as string;
  if (patch.some((item) => isObject(item) && item['$patch'] === 'replace'))
    return patch.filter((item) => !isObject(item) || item['$patch'] !== 'replace').map(added);
  let result = [...old];
  for (const item of patch) {
    if (!isObject(item)) throw badRequest(`expected a map in the list to merge by ${key}: ${JSON.stringify(item)}`);
    const id = item[key];
    if (id === undefined) throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    const same = (each: unknown) => isObject(each) && equal(each[key], id);
    if (item['$patch'] === 'delete') {
      result = result.filter((each) => !same(each));
      continue;
    }
    const at = result.findIndex(same);
    if (at === -1) result.push(added(item));
    else result[at] = strategicMergePatch(result[at] as Json, item, field.item);
  }
  return result;
}

const idOf = (item: unknown, key: string): unknown => (key === '' || !isObject(item) ? item : item[key]);

/**
 * The order of a list after a patch that says `$setElementOrder`.
 * Items that the patch names come in its order; the server's own keep theirs, each before the first of the named items
 * that it preceded, if it preceded one. `order` holds values, or objects with the key alone.
 * https://github.com/kubernetes/apimachinery/blob/v0.34.3/pkg/util/strategicpatch/patch.go (mergeSortedSlice)
 */
function inOrder(items: unknown[], order: unknown[], before: unknown[], key: string): unknown[] {
  const place = (list: unknown[], item: unknown) => list.findIndex((each) => equal(idOf(each, key), idOf(item, key)));
  const named = items.filter((item) => place(order, item) !== -1).toSorted((a, b) => place(order, a) - place(order, b));
  const own = items.filter((item) => place(order, item) === -1);
  const result: unknown[] = [];
  while (named.length > 0 && own.length > 0) {
    const left = place(before, own[0]);
    const right = place(before, named[0]);
    const first = left !== -1 && right !== -1 && left < right ? own : named;
    result.push(first.shift());
  }
  return [...result, ...named, ...own];
}
