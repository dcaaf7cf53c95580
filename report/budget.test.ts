import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budgetLines } from './budget.ts';
import { conformance } from './conformance.ts';
import { junit } from './junit.ts';
import type { Profile, Run, Scenario } from './model.ts';
import { outcome, summarize } from './outcome.ts';
import { sample } from './testing/sample.ts';
import { closingSummary } from './text.ts';

const profile: Profile = {
  attemptMs: { least: 500, most: 5_000 },
  gapMs: { attempts: 5_000, pages: 3_000 },
  name: 'strict',
  changeMs: 10_000,
  limits: [
    { figure: 'convergence', area: 'policies', p95Ms: 100, maxMs: 300 },
    { figure: 'leak window', area: 'policies', p95Ms: 50, maxMs: 60 },
  ],
};

/** A run of one scenario in each area that measured these convergences. */
function measured(policies: number[], services: number[] = []): Run {
  const one = (area: string, values: number[]): Scenario => ({
    ...(sample().scenarios[0] as Scenario),
    area,
    status: 'passed',
    measurements: values.map((value) => ({ name: 'convergence', value, unit: 'ms' })),
  });
  const scenarios = [one('policies', policies), one('services', services)];
  const { load: _, ...rest } = sample({ mishaps: false });
  return { ...rest, scenarios, summary: summarize(scenarios), profile, budget: budgetLines(scenarios, profile) };
}

test('p95 and the longest are each bounded, of the area that is meant and no other', () => {
  const kept = (run: Run) => run.budget?.map((line) => line.kept);
  assert.deepEqual(kept(measured([10, 20, 100], [9_000])), [true]);
  assert.deepEqual(kept(measured([10, 20, 101])), [false]);
  // 20 changes, one of them beyond p95
  const fast = Array.from({ length: 19 }, () => 10);
  assert.deepEqual(kept(measured([...fast, 300])), [true]);
  assert.deepEqual(kept(measured([...fast, 301])), [false]);
  assert.deepEqual(kept(measured([], [10])), [], 'what nothing measured is not kept');
});

test('a run over its budget has failed, and every report says by how much', () => {
  const run = measured([10, 20, 1_400]);
  assert.equal(outcome(run), 'failed');
  const summary = closingSummary(run, '.');
  assert.match(summary, /^✗ Convergence over budget\n/);
  assert.match(
    summary,
    /budget {6}strict EXCEEDED: convergence of policies: p95 1\.4 s of 100 ms, longest 1\.4 s of 300 ms/,
  );
  assert.match(junit(run), /failures="1"[^]*<failure type="budget" message="convergence of policies: p95 1\.4 s/);
  assert.match(conformance(run), /exceeded: convergence of policies/);
  assert.equal(outcome(measured([10])), 'passed');
  assert.match(closingSummary(measured([], [5]), '.'), /budget {6}strict nothing that it bounds was measured/);
});

test('repeats count too', () => {
  const [one] = measured([10]).scenarios as [Scenario];
  const slow = {
    status: 'passed' as const,
    durationMs: 1,
    measurements: [{ name: 'convergence', value: 2, unit: 's' }],
  };
  const repeated = { ...one, repeats: [slow, { ...slow, measurements: one.measurements }] };
  assert.deepEqual(
    budgetLines([repeated], profile).map(({ count, max }) => [count, max]),
    [[2, 2_000]],
  );
});
