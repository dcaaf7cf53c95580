import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chiSquare, evenInOneOfTwo } from '../chi-square.ts';

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

test('a spread is uneven only where two samples are, and the sentence has both', async () => {
  const [even, uneven] = [
    [200, 200],
    [240, 160],
  ] as const;
  const problemOf = async (...samples: (readonly number[])[]) => {
    const sample = (i: number) => [...(samples[i] ?? assert.fail('one more was taken'))];
    return (await evenInOneOfTwo(sample, ['a', 'b'], 0.001)).problem;
  };
  assert.equal(await problemOf(even), undefined);
  assert.equal(await problemOf(uneven, even), undefined);
  assert.equal(
    await problemOf(uneven, [400, 0]),
    'chi-square is above 10.83 (level 0.001) twice in a row: 16.00 (240 from a, 160 from b), 400.00 (400 from a, 0 from b)',
  );
});
