import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { differenceOf, intervalOf, isNarrow, type RoundFigures } from './intervals.ts';
import { latencyOf } from './percentile.ts';

/** Numbers between 0 and 1 that are the same every time (mulberry32). */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function normals(seed: number): () => number {
  const uniform = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

describe('an interval', () => {
  it('is the textbook one, for a confidence of 97.5 %', () => {
    // mean 5, standard deviation 1.5811, t(4) 3.495
    const interval = intervalOf([3, 4, 5, 6, 7]);
    assert.equal(interval?.mean, 5);
    assert.ok(Math.abs((interval?.high ?? 0) - (5 + (3.4954 * Math.sqrt(2.5)) / Math.sqrt(5))) < 1e-4);
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
    // 1, 0.8 and 1.2: standard deviation 0.2, t(2) 6.205
    assert.ok(Math.abs((difference?.high ?? 9) - (1 + (6.2053 * 0.2) / Math.sqrt(3))) < 1e-4);
  });

  it('is narrow by its half, and never after fewer than five rounds', () => {
    const difference = { of: 'a', from: 'b', mean: 1, low: 0.9, high: 1.1, rounds: 5 };
    assert.ok(isNarrow(difference, 2, 5.1));
    assert.ok(!isNarrow(difference, 2, 4.9));
    assert.ok(!isNarrow({ ...difference, rounds: 4 }, 2, 50));
  });
});

describe('a load that goes on until the interval is narrow', () => {
  const [cost, base, tolerance] = [0.3, 1, 5];
  const mostRounds = 120;

  /**
   * Rounds of one load, judged after each as `netvet load` does. Returns how many there were, and whether the truth is
   * in the interval.
   */
  function load(roundOf: () => RoundFigures): { rounds: number; held: boolean } {
    const rounds: RoundFigures[] = [];
    for (;;) {
      rounds.push(roundOf());
      const difference = differenceOf(rounds, 'service', 'direct');
      if (difference === undefined) continue;
      const from = rounds.reduce((sum, { direct = 0 }) => sum + direct, 0) / rounds.length;
      if (rounds.length < mostRounds && !isNarrow(difference, from, tolerance)) continue;
      return { rounds: rounds.length, held: difference.low <= cost && cost <= difference.high };
    }
  }

  /** How often the truth was held, in so many loads; never below 95 % by more than three standard errors of that. */
  function holds(loads: number, roundOf: () => RoundFigures): void {
    const ended = Array.from({ length: loads }, () => load(roundOf));
    const held = ended.filter((each) => each.held).length;
    const least = 0.95 - 3 * Math.sqrt((0.95 * 0.05) / loads);
    assert.ok(held / loads >= least, `${held} of ${loads}`);
  }

  for (const noise of [0.02, 0.05, 0.08, 0.12]) {
    it(`holds the truth in 95 of 100 where rounds differ by ${noise} of what is measured`, () => {
      const normal = normals(1_000 * noise);
      // half of what differs is in each of the two, so that the figure that the tolerance is a share of goes up and
      // down as well
      const figure = (mean: number) => mean + (noise / Math.SQRT2) * normal();
      holds(3_000, () => ({ service: figure(base + cost), direct: figure(base) }));
    });
  }

  for (const spread of [0.5, 1]) {
    it(`holds it for medians of lognormal latencies whose logarithms spread by ${spread}`, () => {
      const normal = normals(100 * spread);
      const median = (typical: number) =>
        latencyOf(Array.from({ length: 41 }, () => typical * Math.exp(spread * normal()))).p50;
      holds(1_000, () => ({ service: median(base) + cost, direct: median(base) }));
    });
  }

  it('holds it where now and then a round of either path is slow by chance', () => {
    const [uniform, normal] = [uniforms(5), normals(6)];
    const figure = (mean: number) => mean + 0.03 * normal() - 0.05 * Math.log(1 - uniform());
    holds(3_000, () => ({ service: figure(base + cost), direct: figure(base) }));
  });
});
