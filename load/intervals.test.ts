import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { differenceOf, isNarrow, type RoundFigures } from './differences.ts';
import { intervalOf, studentT95 } from './intervals.ts';

/** A small generator of normal numbers, so that the test is the same every time. */
function normals(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return (state + 1) / 2_147_483_649;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

describe('an interval', () => {
  it('is the textbook one', () => {
    // mean 5, standard deviation 1.5811, t(4) 2.776
    const interval = intervalOf([3, 4, 5, 6, 7]);
    assert.equal(interval?.mean, 5);
    assert.ok(Math.abs((interval?.high ?? 0) - (5 + (2.776 * Math.sqrt(2.5)) / Math.sqrt(5))) < 1e-9);
  });

  it('takes t from the table, and beyond it never one that is too small', () => {
    assert.deepEqual(
      [1, 4, 30, 35, 40, 59, 60, 120, 1e6].map(studentT95),
      [12.706, 2.776, 2.042, 2.042, 2.021, 2.021, 2, 1.98, 1.98],
    );
  });

  it('holds the true mean in about 95 of 100 cases', () => {
    const normal = normals(7);
    const trials = 4_000;
    let held = 0;
    for (let i = 0; i < trials; i += 1) {
      const interval = intervalOf(Array.from({ length: 6 }, () => 10 + normal()));
      if (interval !== undefined && interval.low <= 10 && interval.high >= 10) held += 1;
    }
    // three standard errors around 95 %
    assert.ok(Math.abs(held / trials - 0.95) < 3 * Math.sqrt((0.95 * 0.05) / trials), `${held} of ${trials}`);
  });

  it('is none of a single sample', () => assert.equal(intervalOf([1]), undefined));

  it('has its mean in the middle', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e4, noNaN: true }), { minLength: 2 }), (samples) => {
        const { low, mean, high } = intervalOf(samples) as { low: number; mean: number; high: number };
        assert.ok(low <= mean && mean <= high);
        assert.ok(Math.abs(high - mean - (mean - low)) < 1e-6);
      }),
    );
  });
});

describe('a difference', () => {
  const rounds: RoundFigures[] = [
    { service: 2, direct: 1 },
    { service: 12, direct: 11.2 },
    { service: 3, direct: 1.8 },
    { service: 2.9 },
  ];

  it('is taken round by round, so that a slow round falls out, and rounds that lack a path are left out', () => {
    const difference = differenceOf(rounds, 'service', 'direct');
    assert.equal(difference?.rounds, 3);
    assert.ok(Math.abs((difference?.mean ?? 0) - 1) < 1e-9);
    assert.ok((difference?.high ?? 9) < 1.6);
  });

  it('is narrow by its half, and never after two or three rounds', () => {
    const difference = { of: 'a', from: 'b', mean: 1, low: 0.9, high: 1.1, rounds: 4 };
    assert.ok(isNarrow(difference, 2, 5.1));
    assert.ok(!isNarrow(difference, 2, 4.9));
    assert.ok(!isNarrow({ ...difference, rounds: 3 }, 2, 50));
  });
});
