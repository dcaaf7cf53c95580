/** The order of a list after a strategic merge patch that says `$setElementOrder`. */
import { equal } from '../json.ts';

const idOf = (item: unknown, key: string): unknown =>
  key === '' || typeof item !== 'object' || item === null ? item : (item as Record<string, unknown>)[key];

/**
 * Items that the patch names come in its order; the server's own keep theirs, each before the first of the named items
 * that it preceded, if it preceded one. `order` holds values, or objects with the key alone.
 * https://github.com/kubernetes/apimachinery/blob/v0.34.3/pkg/util/strategicpatch/patch.go (mergeSortedSlice)
 */
export function inOrder(items: unknown[], order: unknown[], before: unknown[], key: string): unknown[] {
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
