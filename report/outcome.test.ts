import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Verdict } from './model.ts';
import { nothingJudged, outcome, satisfied, summarize } from './outcome.ts';

const cell = (expected: 'allowed' | 'denied', verdict: Verdict) => ({
  from: 'a',
  to: 'b',
  port: 1,
  protocol: 'TCP' as const,
  expected,
  verdict,
});

test('denied is satisfied by dropped and rejected, allowed by allowed, and nothing else', () => {
  const verdicts: Verdict[] = ['allowed', 'dropped', 'rejected', 'leaked', 'unserved', 'broken'];
  assert.deepEqual(
    verdicts.filter((verdict) => satisfied(cell('allowed', verdict))),
    ['allowed'],
  );
  assert.deepEqual(
    verdicts.filter((verdict) => satisfied(cell('denied', verdict))),
    ['dropped', 'rejected'],
  );
});

test('passed needs something judged, nothing failed, broken, missing or amiss', () => {
  const count = fc.nat({ max: 2 });
  const run = fc.record({
    summary: fc.record({ passed: count, failed: count, flaky: count, skipped: count, observed: count, broken: count }),
    interrupted: fc.boolean(),
    problems: fc.array(fc.string(), { maxLength: 1 }),
  });
  fc.assert(
    fc.property(run, ({ summary, interrupted, problems }) => {
      const clean = summary.failed + summary.flaky + summary.broken + problems.length === 0 && !interrupted;
      assert.equal(outcome({ summary, interrupted, problems }) === 'passed', clean && summary.passed > 0);
      if (summary.broken > 0) assert.equal(outcome({ summary, interrupted, problems }), 'broken');
    }),
  );
});

test('what was skipped or only observed is not judged, so it is no pass', () => {
  const none = summarize([{ status: 'observed' }, { status: 'skipped' }]);
  assert.equal(outcome({ summary: none }), 'broken');
  assert.equal(nothingJudged({ summary: none }), 'Nothing was judged, which is no pass: 1 observed, 1 skipped');
  assert.equal(nothingJudged({ summary: { ...none, failed: 1 } }), undefined);
});

test('a summary counts every status', () => {
  const summary = summarize([{ status: 'passed' }, { status: 'broken' }, { status: 'passed' }]);
  assert.deepEqual(summary, { passed: 2, failed: 0, flaky: 0, skipped: 0, observed: 0, broken: 1 });
});
