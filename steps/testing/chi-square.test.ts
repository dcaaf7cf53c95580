import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chiSquare, evenSpread } from '../chi-square.ts';

test('the statistic is that of the textbook', () => {
  const { statistic, critical } = chiSquare([60, 40], 0.001);
  assert.deepEqual([statistic, critical.toFixed(3)], [4, '10.828']);
  assert.equal(chiSquare([100, 100, 100], 0.001).statistic, 0);
});

test('one Pod that gets everything is found', () => {
  const { statistic, critical } = chiSquare([400, 0], 0.001);
  assert.ok(statistic > critical);
});

test('the critical values are those of the tables, for any number of Pods', () => {
  const at = (level: number, pods: number[]) =>
    pods.map((count) => chiSquare(new Array<number>(count).fill(1), level).critical.toFixed(3));
  assert.deepEqual(at(0.001, [2, 3, 4, 10, 31]), ['10.828', '13.816', '16.266', '27.877', '59.703']);
  assert.deepEqual(at(0.01, [2, 3, 4, 10, 31]), ['6.635', '9.210', '11.345', '21.666', '50.892']);
});

test('a spread that looks uneven is asked for again, and fails by both samples together', async () => {
  const problemOf = async (...samples: number[][]) => {
    const sample = async () => samples.shift() ?? assert.fail('one more was taken');
    const { problem } = await evenSpread(sample, ['a', 'b'], 0.001);
    assert.equal(samples.length, 0);
    return problem;
  };
  assert.equal(await problemOf([200, 200]), undefined);
  assert.equal(await problemOf([240, 160], [200, 200]), undefined);
  assert.equal(await problemOf([240, 160], [235, 165]), 'chi-square is 28.13, above 23.93: 475 from a, 325 from b');
});
