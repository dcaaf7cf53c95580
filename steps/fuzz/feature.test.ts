import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { caseText, entropyOf, greatestSeed, parseCase } from './feature.ts';
import { draw } from './search.ts';
import { place } from './testing.ts';

const names = fc.record(
  { seed: fc.nat(greatestSeed), number: fc.integer({ min: 1, max: 100_000 }) },
  { noNullPrototype: true },
);

test('a name that was printed is read again', () => {
  fc.assert(fc.property(names, (name) => assert.deepEqual(parseCase(caseText(name)), name)));
  assert.deepEqual(parseCase('7'), { seed: 7, number: 1 });
  for (const text of ['', '7:', '7:0', ':1', '-7', '7.5', '2147483648', '7:1:1', 'seven'])
    assert.equal(parseCase(text), undefined, text);
});

test('neighbouring seeds and cases have different beginnings', () => {
  const all = Array.from({ length: 100 }, (_, seed) =>
    Array.from({ length: 100 }, (_, i) => entropyOf({ seed, number: i + 1 })),
  );
  assert.equal(new Set(all.flat()).size, 10_000);
});

test('a case is the same wherever its Pods have their addresses and whatever the run calls its namespaces', () => {
  const real = { red: 'netvet-1-0-3', green: 'netvet-1-0-4', blue: 'netvet-1-0-5' };
  const moved = JSON.parse(
    JSON.stringify(place)
      .replaceAll('"10.244.', '"172.16.')
      .replaceAll(/"(red|green|blue)"/g, (_, name: keyof typeof real) => `"${real[name]}"`),
  ) as typeof place;
  const plain = (text: string) =>
    Object.entries(real)
      .reduce((all, [name, one]) => all.replaceAll(`"${one}"`, `"${name}"`), text)
      .replaceAll(/"ipBlock":\{[^}]*\}/g, '"ipBlock":{}');
  for (let number = 1; number <= 50; number += 1) {
    const name = { seed: 3, number };
    assert.equal(plain(JSON.stringify(draw(moved, name))), plain(JSON.stringify(draw(place, name))));
  }
});
