import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  canonicalAddress,
  contains,
  everything,
  formatAddress,
  formatRange,
  merge,
  parseAddress,
  parseCIDR,
  parseRange,
  type Range,
  subtract,
} from './cidr.ts';

const address = fc.integer({ min: 0, max: 0xffffffff });
const range = fc.tuple(address, address).map(([a, b]): Range => (a < b ? [a, b] : [b, a]));
/** Few addresses, so that ranges overlap and touch. */
const smallRange = fc
  .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 12 }))
  .map(([a, n]): Range => [a, a + n]);
const smallRanges = fc.array(smallRange, { maxLength: 8 });
const all = (ranges: Iterable<Range>) => Array.from({ length: 60 }, (_, i) => i).filter((i) => contains(ranges, i));

test('an address and its text are the same thing', () => {
  fc.assert(fc.property(address, (n) => parseAddress(formatAddress(n)) === n));
});

test('a range and its text are the same thing', () => {
  fc.assert(
    fc.property(range, (r) => {
      assert.deepEqual(parseRange(formatRange(r)), r);
    }),
  );
});

test('a CIDR holds the addresses with its prefix, wherever its base is', () => {
  fc.assert(
    fc.property(address, fc.integer({ min: 0, max: 32 }), address, (base, length, other) => {
      const cidr = parseCIDR(`${formatAddress(base)}/${length}`) as Range;
      const bits = (n: number) => n.toString(2).padStart(32, '0').slice(0, length);
      assert.equal(contains([cidr], other), bits(base) === bits(other));
      assert.equal(cidr[1] - cidr[0] + 1, 2 ** (32 - length));
    }),
  );
});

test('the widest and the narrowest CIDR', () => {
  assert.deepEqual(parseCIDR('0.0.0.0/0'), everything);
  assert.deepEqual(parseCIDR('10.0.0.7/32'), [0x0a000007, 0x0a000007]);
});

test('what is no IPv4 address or CIDR is undefined', () => {
  for (const text of [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '1.2.3.-4',
    ' 1.2.3.4',
    '1.2.3.4\n',
    'fd00::1',
    '0x1.2.3.4',
  ]) {
    assert.equal(parseAddress(text), undefined, JSON.stringify(text));
  }
  for (const text of ['1.2.3.4', '1.2.3.4/', '1.2.3.4/33', '1.2.3.4/8/8', 'fd00::/64', '1.2.3.4/-1', '1.2.3.4/1e1']) {
    assert.equal(parseCIDR(text), undefined, JSON.stringify(text));
  }
  for (const text of ['10.0.0.2-10.0.0.1', '10.0.0.1-', '1.1.1.1-1.1.1.2-1.1.1.3'])
    assert.equal(parseRange(text), undefined);
});

test('leading zeros are decimal, as in the API server', () => {
  assert.equal(canonicalAddress('010.000.001.09'), '10.0.1.9');
});

test('merging keeps the addresses and leaves disjoint, sorted ranges that do not touch', () => {
  fc.assert(
    fc.property(smallRanges, (ranges) => {
      const merged = merge(ranges);
      assert.deepEqual(all(merged), all(ranges));
      for (const [i, [first]] of merged.entries()) {
        if (i > 0) assert.ok((merged[i - 1] as Range)[1] + 1 < first);
      }
    }),
  );
});

test('subtracting leaves exactly the addresses that are not taken out', () => {
  fc.assert(
    fc.property(smallRanges, smallRanges, (ranges, holes) => {
      const holed = new Set(all(holes));
      assert.deepEqual(
        all(subtract(ranges, holes)),
        all(ranges).filter((i) => !holed.has(i)),
      );
    }),
  );
});

test('taking something out of everything works at both ends', () => {
  const texts = subtract(
    [everything],
    [
      [0, 0],
      [0xffffffff, 0xffffffff],
      [10, 10],
    ],
  ).map(formatRange);
  assert.deepEqual(texts, ['0.0.0.1-0.0.0.9', '0.0.0.11-255.255.255.254']);
});
