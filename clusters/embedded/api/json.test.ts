import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { copy, encode, equal, freeze } from './json.ts';

test('a copy is equal to its original and shares nothing with it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      // JSON knows no minus zero
      const plain = JSON.parse(JSON.stringify(value)) as unknown;
      const twin = copy(plain);
      assert.deepEqual(twin, plain);
      assert.ok(equal(twin, plain));
      if (typeof plain === 'object' && plain !== null) assert.notEqual(twin, plain);
    }),
  );
});

test('equality does not mind the order of fields, and minds everything else', () => {
  assert.ok(equal({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 }));
  const different: [unknown, unknown][] = [
    [{ a: 1 }, { a: 1, b: 2 }],
    [
      [1, 2],
      [2, 1],
    ],
    [{}, []],
    [null, {}],
    [0, '0'],
    [{ a: 1 }, { b: 1 }],
  ];
  for (const [a, b] of different) assert.ok(!equal(a, b), JSON.stringify([a, b]));
  fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => equal(a, b) === equal(b, a)));
});

test('fields that are undefined are left out, and dates become text', () => {
  assert.deepEqual(copy({ a: undefined, b: [undefined], c: new Date(0) }), {
    b: [null],
    c: '1970-01-01T00:00:00.000Z',
  });
});

test('text is made once per frozen object', () => {
  const object = freeze({ a: [1] });
  assert.equal(encode(object), '{"a":[1]}');
  assert.throws(() => object.a.push(2), TypeError);
});
