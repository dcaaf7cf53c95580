import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import type { LabelSelector } from './objects.ts';
import { canonicalLabels, canonicalSelector, selects } from './selectors.ts';

const expression = (key: string, operator: string, values?: string[]): LabelSelector => ({
  matchExpressions: [{ key, operator, ...(values !== undefined && { values }) }],
});

const rows: [string, LabelSelector, Record<string, string>, boolean][] = [
  ['an empty selector selects what has labels', {}, { a: '1' }, true],
  ['an empty selector selects what has none', {}, {}, true],
  ['matchLabels equal', { matchLabels: { a: '1' } }, { a: '1', b: '2' }, true],
  ['matchLabels other value', { matchLabels: { a: '1' } }, { a: '2' }, false],
  ['matchLabels all have to hold', { matchLabels: { a: '1', b: '2' } }, { a: '1' }, false],
  ['matchLabels with an empty value needs the key', { matchLabels: { a: '' } }, {}, false],
  ['a label that objects have by nature is not there', { matchLabels: { constructor: 'x' } }, {}, false],
  ['In', expression('a', 'In', ['1', '2']), { a: '2' }, true],
  ['In, other value', expression('a', 'In', ['1', '2']), { a: '3' }, false],
  ['In, no such key', expression('a', 'In', ['1']), {}, false],
  ['NotIn', expression('a', 'NotIn', ['1']), { a: '2' }, true],
  ['NotIn, listed', expression('a', 'NotIn', ['1']), { a: '1' }, false],
  ['NotIn, no such key', expression('a', 'NotIn', ['1']), {}, true],
  ['Exists', expression('a', 'Exists'), { a: '' }, true],
  ['Exists, no such key', expression('a', 'Exists'), {}, false],
  ['DoesNotExist', expression('a', 'DoesNotExist'), {}, true],
  ['DoesNotExist, there', expression('a', 'DoesNotExist'), { a: '1' }, false],
  ['an unknown operator selects nothing', expression('a', 'Like', ['1']), { a: '1' }, false],
  ['labels and expressions both hold', { matchLabels: { a: '1' }, ...expression('b', 'Exists') }, { a: '1' }, false],
];

for (const [name, selector, labels, expected] of rows) {
  test(`selector: ${name}`, () => assert.equal(selects(selector, labels), expected));
}

test('selectors that say the same have one text', () => {
  const a = { matchLabels: { x: '1', y: '2' }, ...expression('z', 'In', ['b', 'a']) };
  const b = { matchLabels: { y: '2', x: '1' }, ...expression('z', 'In', ['a', 'b', 'a']) };
  assert.equal(canonicalSelector(a), canonicalSelector(b));
  assert.equal(canonicalSelector({ matchLabels: { x: '1' } }), canonicalSelector(expression('x', 'In', ['1'])));
  assert.notEqual(
    canonicalSelector({ matchLabels: { x: '1,y' } }),
    canonicalSelector({ matchLabels: { x: '1', y: '' } }),
  );
});

test('labels in any order have one text, and different labels different ones', () => {
  const values = fc.constantFrom('', '1', '2', '"');
  const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c'), values, { noNullPrototype: true });
  fc.assert(
    fc.property(labels, labels, (a, b) => {
      const reversed = Object.fromEntries(Object.entries(a).toReversed());
      assert.equal(canonicalLabels(reversed), canonicalLabels(a));
      const same = isDeepStrictEqual(a, b);
      assert.equal(canonicalLabels(a) === canonicalLabels(b), same);
    }),
  );
});
