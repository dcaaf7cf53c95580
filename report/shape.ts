/** Says what is wrong with a value read from JSON, one sentence per fault; nothing when it has the shape. */
export type Shape = (value: unknown, path: string) => string[];

type Values = Record<string, unknown>;

const only =
  (wanted: string, isRight: (value: unknown) => boolean): Shape =>
  (value, path) =>
    isRight(value) ? [] : [`${path} is not ${wanted}`];

export const text: Shape = only('a text', (value) => typeof value === 'string' && value !== '');

/** Empty too: a count has no unit. */
export const anyText: Shape = only('a text', (value) => typeof value === 'string');

/** JSON has no NaN and no infinity: JSON.stringify makes null of them, which is caught here. */
export const number: Shape = only('a number', (value) => typeof value === 'number');

export const atLeastZero: Shape = only('a number of 0 or more', (value) => typeof value === 'number' && value >= 0);

export const flag: Shape = only('true or false', (value) => typeof value === 'boolean');

export const wholeNumber = (from: number, to: number): Shape =>
  only(
    `a whole number from ${from} to ${to}`,
    (value) => Number.isInteger(value) && Number(value) >= from && Number(value) <= to,
  );

export const oneOf = (...allowed: string[]): Shape =>
  only(`one of ${allowed.join(', ')}`, (value) => allowed.includes(value as string));

export const list =
  (item: Shape): Shape =>
  (value, path) =>
    Array.isArray(value) ? value.flatMap((each, i) => item(each, `${path}[${i}]`)) : [`${path} is not a list`];

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object of any keys, of which `faults` says what is wrong. */
const objectOf =
  (faults: (value: Values, path: string) => string[]): Shape =>
  (value, path) =>
    isObject(value) ? faults(value, path) : [`${path} is not an object`];

export const object = (shapes: Record<string, Shape>): Shape =>
  objectOf((value, path) => Object.entries(shapes).flatMap(([key, shape]) => shape(value[key], `${path}.${key}`)));

/** The same, of these keys and no other. */
export const exact = (shapes: Record<string, Shape>): Shape =>
  objectOf((value, path) => {
    const unknown = Object.keys(value).filter((key) => !Object.hasOwn(shapes, key));
    const known = Object.keys(shapes).join(', ');
    return [...unknown.map((key) => `${path}.${key} is none of ${known}`), ...object(shapes)(value, path)];
  });

/** The same, where one number is at most as large as another. */
export const inOrder = (less: string, more: string, shapes: Record<string, Shape>): Shape =>
  objectOf((value, path) => {
    const faults = exact(shapes)(value, path);
    if (faults.length > 0 || Number(value[less]) <= Number(value[more])) return faults;
    return [`${path}.${less} is more than its ${more}`];
  });

/** It may be missing. */
export const optional =
  (shape: Shape): Shape =>
  (value, path) =>
    value === undefined ? [] : shape(value, path);

/** An object of any keys whose values all have one shape. */
export const mapOf = (shape: Shape): Shape =>
  objectOf((value, path) => Object.entries(value).flatMap(([key, each]) => shape(each, `${path}.${key}`)));
