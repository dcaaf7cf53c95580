import * as fc from 'fast-check';
import type { LabelSelector, Labels, Requirement } from '../../oracle/index.ts';
import { nameLabel } from '../place.ts';
import { choice, maybe, several, withFields } from './optional.ts';

/** Few keys and values, so that selectors find something; an empty value is one too. */
const podValues = { app: ['a', 'b', 'c'], tier: ['front', 'back', ''] };
const namespaceValues = { team: ['sales', 'support'], env: ['test', ''] };
/** A key that nothing ever has. */
const unknown = 'unknown';

/** What Pods and namespaces are labelled with, and nothing else of theirs is. */
export const labelKeys = { pods: Object.keys(podValues), namespaces: Object.keys(namespaceValues) };

const labelsFrom = (values: Record<string, string[]>): fc.Arbitrary<Labels> =>
  withFields(Object.fromEntries(Object.entries(values).map(([key, all]) => [key, maybe(fc.constantFrom(...all), 8)])));

export const podLabels = labelsFrom(podValues);
export const namespaceLabels = labelsFrom(namespaceValues);

const pairs = (values: Record<string, string[]>): [string, string][] =>
  Object.entries(values).flatMap(([key, some]) => some.map((value): [string, string] => [key, value]));

/** One label, now and then two: more would find nothing. */
const matchLabels = (values: Record<string, string[]>): fc.Arbitrary<Labels> =>
  fc
    .tuple(fc.constantFrom(...pairs(values)), maybe(fc.constantFrom(...pairs(values)), 2))
    .map(([one, more]) => Object.fromEntries(more === undefined ? [one] : [one, more]));

function requirement(values: Record<string, string[]>): fc.Arbitrary<Requirement> {
  const listed = fc.oneof(
    ...Object.entries(values).map(([key, some]) =>
      fc.record({
        key: fc.constant(key),
        operator: fc.constantFrom<'In' | 'NotIn'>('In', 'NotIn'),
        values: fc.subarray(some, { minLength: 1 }),
      }),
    ),
  );
  const present = fc.record({
    key: fc.constantFrom(...Object.keys(values), unknown),
    operator: fc.constantFrom<'Exists' | 'DoesNotExist'>('Exists', 'DoesNotExist'),
  });
  const absentKey = fc.constant<Requirement>({ key: unknown, operator: 'NotIn', values: ['a'] });
  return choice<Requirement>([4, listed], [3, present], [1, absentKey]);
}

/** Everything, by labels, by expressions, by both. */
const selector = (values: Record<string, string[]>): fc.Arbitrary<LabelSelector> =>
  choice<LabelSelector>(
    [3, fc.constant({})],
    [4, fc.record({ matchLabels: matchLabels(values) })],
    [3, fc.record({ matchExpressions: several(requirement(values), 1, 2) })],
    [1, fc.record({ matchLabels: matchLabels(values), matchExpressions: several(requirement(values), 0, 2) })],
  );

export const podSelector = selector(podValues);
/** Also by name, as most people do. */
export const namespaceSelector = (names: string[]): fc.Arbitrary<LabelSelector> =>
  selector({ ...namespaceValues, [nameLabel]: names });
