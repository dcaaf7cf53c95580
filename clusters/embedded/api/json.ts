/** JSON values of stored objects: copied when they come in, frozen when they are stored, encoded once. */

/** Whether the value is a JSON object: no list, and not null. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A deep copy of the JSON value; fields that are undefined are left out, as JSON leaves them out. */
export function copy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => copy(item ?? null)) as T;
  const toJSON = (value as { toJSON?: unknown }).toJSON;
  if (typeof toJSON === 'function') return (value as unknown as { toJSON: () => T }).toJSON();
  const result: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) if (field !== undefined) set(result, key, copy(field));
  return result as T;
}

/** Assigns a field that came from a client: `__proto__` is a name like any other. */
export function set(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  else target[key] = value;
}

/** Makes these fields what they are in `old`; the values are shared. */
export function restore<T extends object>(target: T, old: T, ...fields: (keyof T)[]): void {
  for (const field of fields) {
    if (old[field] === undefined) delete target[field];
    else target[field] = old[field];
  }
}

/** Freezes the whole value: what the store hands out is shared, and whoever changes it hears of it at once. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const field of Object.values(value)) freeze(field);
  return Object.freeze(value);
}

/** Whether two JSON values are the same; the order of an object's fields does not matter. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && equal(left[key], right[key]));
}

const encoded = new WeakMap<object, string>();

/** JSON text of a stored (frozen) object, made once per version of the object. */
export function encode(object: object): string {
  let text = encoded.get(object);
  if (text === undefined) {
    text = JSON.stringify(object);
    if (Object.isFrozen(object)) encoded.set(object, text);
  }
  return text;
}
