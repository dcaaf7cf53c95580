import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { percentile, slowest, spread, timings } from './figures.ts';
import { count, duration, headline, percent } from './format.ts';
import type { Run } from './model.ts';
import { sample } from './testing/sample.ts';

test('percentiles are values that were measured', () => {
  assert.deepEqual(spread([5, 1, 4, 2, 3]), { count: 5, min: 1, p50: 3, p95: 5, max: 5 });
  assert.deepEqual(spread([7]), { count: 1, min: 7, p50: 7, p95: 7, max: 7 });
  const values = Array.from({ length: 100 }, (_, i) => i + 1);
  assert.deepEqual([percentile(values, 50), percentile(values, 95), percentile(values, 100)], [50, 95, 100]);
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1 }), fc.integer({ min: 0, max: 100 }), (some, p) => {
      const value = percentile(some, p);
      assert.ok(some.includes(value));
      assert.ok(some.filter((each) => each <= value).length >= (p / 100) * some.length);
    }),
  );
});

test('timings are found whatever their unit and the spelling of their name', () => {
  const scenario = { ...(sample().scenarios[0] as Run['scenarios'][number]), id: 'x', name: 'X' };
  const measurements = [
    { name: 'convergence', value: 12, unit: 'ms' },
    { name: 'Leak window', value: 0.5, unit: 's' },
    { name: 'leak-window, after the relabel', value: 900, unit: 'µs' },
    { name: 'precision of the clocks', value: 1, unit: 'ms' },
    { name: 'convergence', value: 3, unit: 'rounds' },
  ];
  const run = { ...sample(), scenarios: [{ ...scenario, measurements }] };
  assert.deepEqual(timings(run, 'convergence'), [{ ms: 12, scenario: 'X', id: 'x', repeat: 0, change: 0 }]);
  assert.deepEqual(
    timings(run, 'leak window').map(({ ms }) => ms),
    [500, 0.9],
  );
  assert.equal(slowest(timings(run, 'leak window'))?.ms, 500);
  assert.equal(slowest([]), undefined);
});

test('durations, counts and shares read well at every size', () => {
  const durations: [number, string][] = [
    [0, '0 ms'],
    [0.042, '0.04 ms'],
    [0.42, '0.42 ms'],
    [3.14159, '3.1 ms'],
    [9.97, '10 ms'],
    [182.4, '182 ms'],
    [999.7, '1 s'],
    [1240, '1.24 s'],
    [9996, '10 s'],
    [12_340, '12.3 s'],
    [84_000, '84 s'],
    [99_700, '1 min 40 s'],
    [120_000, '2 min'],
    [200_400, '3 min 20 s'],
  ];
  assert.deepEqual(
    durations.map(([ms]) => duration(ms)),
    durations.map(([, text]) => text),
  );
  assert.equal(duration(-1.25), '-1.3 ms');
  assert.equal(count(12_345), '12,345');
  assert.deepEqual(
    [percent(0, 4000), percent(2, 4000), percent(1, 100_000), percent(50, 100), percent(0, 0)],
    ['0 %', '0.05 %', '< 0.01 %', '50 %', '0 %'],
  );
});

test('the headline never sounds like a pass when it is none', () => {
  const of = (some: Partial<Run['summary']>, more: Partial<Run> = {}) => {
    const summary = { passed: 0, failed: 0, flaky: 0, skipped: 0, observed: 0, broken: 0, ...some };
    const total = Object.values(summary).reduce((sum, number) => sum + number, 0);
    const scenarios = sample().scenarios.slice(0, total);
    return headline({ ...sample(), problems: [], interrupted: false, ...more, summary, scenarios });
  };
  assert.equal(of({ passed: 57, skipped: 2 }), 'All 57 scenarios passed');
  assert.equal(of({ passed: 1 }), 'The scenario passed');
  assert.equal(of({ passed: 50, failed: 3 }), '3 of 53 scenarios failed');
  assert.equal(of({ passed: 50, failed: 1, broken: 1 }), '1 of 52 scenarios failed, 1 broken');
  assert.equal(of({ passed: 50, broken: 1 }), '1 scenario broken');
  assert.equal(of({ passed: 50, flaky: 2 }), '2 of 52 scenarios flaky');
  assert.equal(of({ passed: 50, flaky: 2, broken: 1 }), '2 of 53 scenarios flaky, 1 broken');
  assert.equal(of({ passed: 50, failed: 1, flaky: 2 }), '1 of 53 scenarios failed, 2 flaky');
  assert.equal(of({ passed: 50 }, { repeat: 5 }), 'All 50 scenarios passed, each in 5 repeats');
  assert.equal(of({ skipped: 4 }), 'Nothing was judged, which is no pass: 4 skipped');
  assert.equal(of({}), 'Nothing was judged, which is no pass');
  assert.equal(of({ observed: 2, skipped: 1 }), 'Nothing was judged, which is no pass: 2 observed, 1 skipped');
  assert.equal(of({ passed: 50 }, { problems: ['AfterAll broke'] }), 'The run broke');
  assert.equal(
    of({ passed: 12, failed: 1 }, { interrupted: true }),
    'Interrupted after 13 scenarios: 1 of 13 scenarios failed',
  );
  assert.equal(of({ passed: 12 }, { interrupted: true }), 'Interrupted after 12 scenarios');
  assert.equal(of({}, { interrupted: true }), 'Interrupted before any scenario had finished');
});
