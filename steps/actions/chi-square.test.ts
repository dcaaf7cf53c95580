import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chiSquare } from './chi-square.ts';

test('the statistic is that of the textbook', () => {
  assert.deepEqual(chiSquare([60, 40], 0.001), { statistic: 4, critical: 10.828 });
  assert.equal(chiSquare([100, 100, 100], 0.001).statistic, 0);
});

test('one Pod that gets everything is found', () => {
  const { statistic, critical } = chiSquare([400, 0], 0.001);
  assert.ok(statistic > critical);
});

test('a level that is not tabled is refused', () => {
  assert.throws(() => chiSquare([1, 2], 0.5), RangeError);
});
