import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { shareFiles, sharesOf } from './segments.ts';

const value = (bound: string): number => {
  const [over, under = '1'] = bound.split('/');
  return Number(over) / Number(under);
};

test('shares are equal, follow each other, and are the whole', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), (runners) => {
      const shares = sharesOf(runners);
      const bounds = shares.map(({ executionSegment }) => executionSegment.split(':'));
      assert.equal(bounds[0]?.[0], '0');
      assert.equal(bounds.at(-1)?.[1], '1');
      for (const [i, [from = '', to = '']] of bounds.entries()) {
        assert.equal(to, bounds[i + 1]?.[0] ?? '1');
        assert.ok(Math.abs(value(to) - value(from) - 1 / runners) < 1e-9);
      }
      for (const { executionSegmentSequence } of shares)
        assert.equal(executionSegmentSequence, ['0', ...bounds.map(([, to]) => to)].join(','));
    }),
  );
});

test('each runner has its file, in the words of k6', () => {
  assert.deepEqual(shareFiles(3), {
    'runner-0.json': '{"executionSegment":"0:1/3","executionSegmentSequence":"0,1/3,2/3,1"}',
    'runner-1.json': '{"executionSegment":"1/3:2/3","executionSegmentSequence":"0,1/3,2/3,1"}',
    'runner-2.json': '{"executionSegment":"2/3:1","executionSegmentSequence":"0,1/3,2/3,1"}',
  });
});
