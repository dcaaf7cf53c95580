import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { latencyOf, percentile } from './percentile.ts';

const samples = fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), { minLength: 1 });

describe('percentile', () => {
  it('is the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    assert.deepEqual(
      [0, 0.5, 0.9, 0.99, 1].map((share) => percentile(hundred, share)),
      [1, 50, 90, 99, 100],
    );
    assert.equal(percentile([], 0.5), 0);
  });

  it('is a sample with at least that share of all samples at or below it, and the least such one', () => {
    fc.assert(
      fc.property(samples, fc.double({ min: 0.001, max: 1, noNaN: true }), (values, share) => {
        const found = percentile(
          values.toSorted((a, b) => a - b),
          share,
        );
        const atOrBelow = values.filter((value) => value <= found).length;
        const below = values.filter((value) => value < found).length;
        assert.ok(values.includes(found));
        assert.ok(atOrBelow >= share * values.length && below < share * values.length);
      }),
    );
  });

  it('does not depend on the order of the samples, and rises', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const latency = latencyOf(values);
        assert.deepEqual(latencyOf(values.toReversed()), latency);
        const { p50, p90, p95, p99, max } = latency;
        assert.deepEqual(
          [p50, p90, p95, p99, max].toSorted((a, b) => a - b),
          [p50, p90, p95, p99, max],
        );
        assert.equal(max, Math.max(...values));
      }),
    );
  });
});
