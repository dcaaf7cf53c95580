/** Says what is wrong with a value read from JSON, one sentence per fault; nothing when it has the shape. */
export type Shape = (value: unknown, path: string) => string[];

function faultUnless(right: boolean, path: string, wanted: string): string[] {
  return right ? [] : [`${path} is not ${wanted}`];
}

export const text: Shape = (value, path) => faultUnless(typeof value === 'string' && value !== '', path, 'a text');

/** Empty too: a count has no unit. */
export const anyText: Shape = (value, path) => faultUnless(typeof value === 'string', path, 'a text');

/** JSON has no NaN and no infinity: JSON.stringify makes null of them, which is caught here. */
export const number: Shape = (value, path) => faultUnless(typeof value === 'number', path, 'a number');

export const atLeastZero: Shape = (value, path) =>
  faultUnless(typeof value === 'number' && value >= 0, path, 'a number of 0 or more');

export const wholeNumber =
  (from: number, to: number): Shape =>
  (value, path) =>
    faultUnless(
      Number.isInteger(value) && (value as number) >= from && (value as number) <= to,
      path,
      `a whole number from ${from} to ${to}`,
    );

export const oneOf =
  (...allowed: string[]): Shape =>
  (value, path) =>
    faultUnless(allowed.includes(value as string), path, `one of ${allowed.join(', ')}`);

export const list =
  (item: Shape): Shape =>
  (value, path) =>
    Array.isArray(value) ? value.flatMap((each, i) => item(each, `${path}[${i}]`)) : [`${path} is not a list`];

type Values = Record<string, unknown>;

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const object =
  (shapes: Record<string, Shape>): Shape =>
  (value, path) =>
    isObject(value)
      ? Object.entries(shapes).flatMap(([key, shape]) => shape(value[key], `${path}.${key}`))
      : [`${path} is not an object`];

/** The same, of these keys and no other. */
export const exact =
  (shapes: Record<string, Shape>): Shape =>
  (value, path) => {
    const unknown = isObject(value) ? Object.keys(value).filter((key) => !Object.hasOwn(shapes, key)) : [];
    const known = Object.keys(shapes).join(', ');
    return [...unknown.map((key) => `${path}.${key} is none of ${known}`), ...object(shapes)(value, path)];
  };

/** The same, where one number is at most as large as another. */
export const inOrder =
  (less: string, more: string, shapes: Record<string, Shape>): Shape =>
  (value, path) => {
    const faults = exact(shapes)(value, path);
    if (faults.length > 0 || Number((value as Values)[less]) <= Number((value as Values)[more])) return faults;
    return [`${path}.${less} is more than its ${more}`];
  };

/** It may be missing. */
export const optional =
  (shape: Shape): Shape =>
  (value, path) =>
    value === undefined ? [] : shape(value, path);

/** An object of any keys whose values all have one shape. */
export const mapOf =
  (shape: Shape): Shape =>
  (value, path) =>
    isObject(value)
      ? Object.entries(value).flatMap(([key, each]) => shape(each, `${path}.${key}`))
      : [`${path} is not an object`];
