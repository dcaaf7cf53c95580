import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMatrix, parseTarget } from './matrix.ts';

test('a matrix is read row by row, and - is left out', () => {
  const table = [
    ['', 'database', 'Service web:80/UDP'],
    ['frontend', 'allowed', '-'],
    ['visitor', 'denied', 'denied'],
  ];
  assert.deepEqual(parseMatrix(table), [
    { from: 'frontend', to: 'database', expected: 'allowed' },
    { from: 'visitor', to: 'database', expected: 'denied' },
    { from: 'visitor', to: 'Service web:80/UDP', expected: 'denied' },
  ]);
});

test('every mistake is reported', () => {
  const table = [
    ['', 'a', 'b'],
    ['x', 'yes', 'no'],
  ];
  assert.throws(() => parseMatrix(table), /x -> a: "yes"[^]*x -> b: "no"/);
  assert.throws(() => parseMatrix([['', 'a']]), /empty/);
});

test('targets in words', () => {
  assert.deepEqual(parseTarget('database'), { kind: 'Pod', name: 'database', port: undefined, protocol: 'TCP' });
  assert.deepEqual(parseTarget('database:8081/UDP'), { kind: 'Pod', name: 'database', port: 8081, protocol: 'UDP' });
  assert.deepEqual(parseTarget('Service web:80'), { kind: 'Service', name: 'web', port: 80, protocol: 'TCP' });
  assert.deepEqual(parseTarget('name web.shop:80'), { kind: 'name', name: 'web.shop', port: 80, protocol: 'TCP' });
  assert.throws(() => parseTarget('the web'), /is not a target/);
});
