import * as fc from 'fast-check';

/** There so often out of ten times. It shrinks to absent. */
export const maybe = <T>(arbitrary: fc.Arbitrary<T>, often = 5): fc.Arbitrary<T | undefined> =>
  choice([10 - often, fc.constant(undefined)], [often, arbitrary]);

/** One of these, each with its weight, however deep it lies: by itself fast-check prefers the first in the depth. */
export const choice = <T>(...some: [weight: number, arbitrary: fc.Arbitrary<T>][]): fc.Arbitrary<T> =>
  fc.oneof({ depthSize: 'max', withCrossShrink: true }, ...some.map(([weight, arbitrary]) => ({ arbitrary, weight })));

/** Each number of entries as likely as the others. */
export const several = <T>(arbitrary: fc.Arbitrary<T>, least: number, most: number): fc.Arbitrary<T[]> =>
  fc.array(arbitrary, { minLength: least, maxLength: most, size: 'max' });

type Present<T> = string extends keyof T
  ? Record<string, Exclude<T[string & keyof T], undefined>>
  : { [K in keyof T]?: Exclude<T[K], undefined> };

/** An object without the fields that are undefined: JSON and YAML know only fields that are there. */
export function withFields<T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Present<T>> {
  const present = (object: T) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
  return fc.record<T>(fields).map((object) => present(object) as Present<T>);
}
