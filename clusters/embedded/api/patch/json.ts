/** JSON patch (RFC 6902) and JSON merge patch (RFC 7386). */
import { ApiError } from '../../objects.ts';
import { copy, equal, isObject, set } from '../json.ts';

interface Operation {
  op: string;
  path: string;
  from?: string;
  value?: unknown;
}

/** The real server does not say why a patch does not apply; here the stack of the error does. */
const unappliable = (why: string) =>
  Object.assign(new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {}), {
    cause: why,
  });

function pointer(text: string): string[] {
  if (text !== '' && !text.startsWith('/')) throw unappliable(`"${text}" is no JSON pointer`);
  const keys = text.split('/').slice(1);
  return ['document', ...keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))];
}

function child(parent: unknown, key: string, path: string): unknown {
  if (typeof parent === 'object' && parent !== null && Object.hasOwn(parent, key))
    return (parent as Record<string, unknown>)[key];
  throw unappliable(`there is nothing at "${path}"`);
}

/** The document is a field of `root`, so that its own path is one like any other. */
const follow = (root: object, keys: string[], path: string): unknown =>
  keys.reduce((parent: unknown, key) => child(parent, key, path), root);

function index(list: unknown[], key: string, last: number): number {
  if (key === '-') return list.length;
  const position = Number(key);
  if (!/^(0|[1-9]\d*)$/.test(key) || position > last) throw unappliable(`"${key}" is no index of the list`);
  return position;
}

/** `root.document` is changed in place. */
function put(root: object, path: string, value: unknown, mode: 'add' | 'replace' | 'remove'): void {
  const keys = pointer(path);
  const last = keys.pop() as string;
  const parent = follow(root, keys, path);
  if (Array.isArray(parent)) {
    const position = index(parent, last, mode === 'add' ? parent.length : parent.length - 1);
    if (mode === 'add') parent.splice(position, 0, value);
    else if (mode === 'remove') parent.splice(position, 1);
    else parent[position] = value;
    return;
  }
  if (mode !== 'add') child(parent, last, path);
  if (typeof parent !== 'object' || parent === null) throw unappliable(`there is nothing at "${path}"`);
  if (mode === 'remove') delete (parent as Record<string, unknown>)[last];
  else set(parent as Record<string, unknown>, last, value);
}

/** `target` with the operations applied to a copy of it. Throws 422 where one of them does not fit. */
export function jsonPatch(target: unknown, operations: unknown): unknown {
  if (!Array.isArray(operations)) throw unappliable('a JSON patch is a list of operations');
  const root = { document: copy(target) };
  for (const { op, path, from = '', value } of operations as Operation[]) {
    if (typeof path !== 'string') throw unappliable('an operation without a path');
    if (op === 'add' || op === 'replace' || op === 'remove') put(root, path, copy(value), op);
    else if (op === 'test') {
      if (!equal(follow(root, pointer(path), path), value)) throw unappliable(`testing path ${path} failed`);
    } else if (op === 'move' || op === 'copy') {
      const moved = copy(follow(root, pointer(from), from));
      if (op === 'move') put(root, from, undefined, 'remove');
      put(root, path, moved, 'add');
    } else throw unappliable(`unknown operation "${op}"`);
  }
  return root.document;
}

/** `target` with a merge patch applied; neither is changed. What the patch does not name is shared with the result. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return copy(patch);
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) delete result[key];
    else set(result, key, mergePatch(Object.hasOwn(result, key) ? result[key] : undefined, value));
  }
  return result;
}
