import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Envelope } from '@cucumber/messages';
import { collect } from './collect.ts';
import { conformance } from './conformance.ts';
import { junit } from './junit.ts';
import { outcome } from './outcome.ts';
import { cucumber } from './testing/cucumber.ts';
import { metadata, stepFile } from './testing/suite.ts';
import { closingSummary } from './text.ts';

/** Sentences that end otherwise from time to time: each takes its next ending, and begins again after the last. */
const endings = `
const times = new Map();
Given('in turn it {}', function (words) {
  const all = words.split(', then it ');
  const n = times.get(words) ?? 0;
  times.set(words, n + 1);
  const ending = all[n % all.length];
  if (ending === 'fails') assert.fail('seen leaked');
  if (ending === 'breaks') throw new BrokenError('the agent is gone');
  if (ending.startsWith('takes'))
    attach(this, 'measurement', { name: 'convergence', value: Number(ending.slice(6)), unit: 'ms' });
  if (ending.startsWith('sees')) attach(this, 'outcome', { status: 'observed', reason: 'it was ' + ending.slice(5) });
  if (ending === 'is skipped') {
    attach(this, 'outcome', { status: 'skipped', reason: 'no second node' });
    return 'skipped';
  }
});
`;

async function repeated(names: string[], repeat: number, cut?: (envelopes: Envelope[]) => Envelope[]) {
  const scenarios = names.map((name) => `  Scenario: ${name}\n    Given in turn it ${name}\n`);
  const files = { 'features/a/f.feature': `Feature: f\n${scenarios.join('')}`, 'steps/all.ts': stepFile + endings };
  const envelopes = await cucumber(files, { repeat });
  return collect(cut?.(envelopes) ?? envelopes, { ...metadata, repeat, ...(cut && { interrupted: true }) });
}

const cases: Record<string, string> = {
  passes: 'passed',
  fails: 'failed (seen leaked)',
  'passes, then it passes, then it fails': 'flaky (passed in 2 of 3 repeats, failed in 1: seen leaked)',
  'fails, then it passes, then it fails': 'flaky (passed in 1 of 3 repeats, failed in 2: seen leaked)',
  'passes, then it is skipped, then it passes': 'flaky (passed in 2 of 3 repeats, skipped in 1: no second node)',
  'is skipped': 'skipped (no second node)',
  // a probe that broke says nothing of the network, so it cannot be called a flake of the network
  'passes, then it breaks, then it passes': 'broken (passed in 2 of 3 repeats, broken in 1: the agent is gone)',
  'passes, then it breaks, then it fails':
    'broken (passed in 1 of 3 repeats, failed in 1, broken in 1: the agent is gone)',
  'sees kept, then it sees cut, then it sees kept':
    'observed (in 2 of 3 repeats: it was kept; in 1 of 3 repeats: it was cut)',
};

test('what ends alike in all repeats is that, what does not is flaky, what broke once is broken', async () => {
  const run = await repeated(Object.keys(cases), 3);
  assert.deepEqual(
    run.scenarios.map(({ name, status, reason }) => [name, `${status}${reason ? ` (${reason})` : ''}`]),
    Object.entries(cases),
  );
  assert.deepEqual(run.summary, { passed: 1, failed: 1, flaky: 3, skipped: 1, observed: 1, broken: 2 });
  assert.deepEqual(
    run.scenarios.map(({ repeats }) => repeats?.length),
    Object.keys(cases).map(() => 3),
  );
  assert.equal(run.problems, undefined);
});

test('a run with a flaky scenario has failed, and no report calls it a pass', async () => {
  const run = await repeated(['passes', 'passes, then it fails'], 2);
  assert.equal(outcome(run), 'failed');
  assert.match(
    closingSummary(run, '.'),
    /^✗ 1 of 2 scenarios flaky\n[^]*1 passed, 1 flaky\n[^]*≈ flaky {3}f: passes, then/,
  );
  assert.match(
    junit(run),
    /failures="1"[^]*<failure type="flaky" message="flaky: passed in 1 of 2 repeats, failed in 1/,
  );
  assert.match(conformance(run), /result: failure[^]*flaky:\n.*a\/f\/passes-then-it-fails/);
  assert.equal(run.scenarios[1]?.steps?.at(-1)?.error, 'seen leaked', 'the steps are those of the repeat that failed');
});

test('the figures of all repeats make one distribution', async () => {
  const { scenarios } = await repeated(['takes 30, then it takes 10, then it takes 20, then it fails'], 4);
  assert.deepEqual(scenarios[0]?.distributions, [
    { name: 'convergence', unit: 'ms', count: 3, min: 10, p50: 20, p95: 30, max: 30 },
  ]);
  assert.deepEqual(
    scenarios[0]?.repeats?.map(({ status, measurements }) => [status, ...measurements.map(({ value }) => value)]),
    [['passed', 30], ['passed', 10], ['passed', 20], ['failed']],
  );
});

test('a run that is cut short has the repeats that had ended, and did not pass', async () => {
  const run = await repeated(['passes', 'passes, then it fails'], 3, (envelopes) => {
    const ends = envelopes.flatMap(({ testCaseFinished }, i) => (testCaseFinished ? [i + 1] : []));
    return envelopes.slice(0, ends[2]);
  });
  assert.deepEqual(
    run.scenarios.map(({ status, repeats }) => [status, repeats?.length]),
    [
      ['passed', 2],
      ['passed', 1],
    ],
  );
  assert.equal(outcome(run), 'broken');
});
