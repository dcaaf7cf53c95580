import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differences, type Ended } from '../suite.ts';
import { fatesOf, statusesOf, suiteTable } from './report.ts';
import { moments, random } from './stops.ts';

const ended = (statuses: Record<string, string>, more: Partial<Ended> = {}): Ended => ({
  scenarios: Object.entries(statuses).map(([id, status]) => ({ id, status, reason: `why ${id}`, looks: { void: 2 } })),
  ...{ problems: [], said: '', wallMs: 1000, cpuMs: 500, report: '' },
  ...more,
});

test('a scenario is flaky where its runs ended in several ways, or one of them lacks it', () => {
  const statuses = statusesOf([ended({ a: 'passed', b: 'passed', c: 'failed' }), ended({ a: 'passed', b: 'broken' })]);
  assert.deepEqual(
    [...statuses],
    [
      ['a', 'passed'],
      ['b', 'flaky'],
      ['c', 'flaky'],
    ],
  );
  assert.deepEqual([...statusesOf([ended({ a: 'broken' }), { problems: [] } as never])], [['a', 'flaky']]);
});

test('a condition is a line, with the reasons of all that failed or broke, and what was skipped says why', () => {
  const text = suiteTable([
    {
      condition: 'alone',
      runs: [ended({ a: 'passed', b: 'failed' }), ended({ a: 'passed', b: 'failed' }, { wallMs: 3000 })],
    },
    { condition: 'quota-1', runs: [], skipped: 'skipped: no root' },
  ]);
  const cells = (line = '') =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1);
  const [, , alone, quota] = text.split('\n');
  assert.deepEqual(cells(alone), ['alone', '', '1', '1', '0', '0', '0', '0', '8', '2.0', '0.5']);
  assert.deepEqual(cells(quota).slice(0, 2), ['quota-1', 'skipped: no root']);
  assert.match(text, /alone:\n- run 1, failed: b: why b\n- run 2, failed: b: why b/);
});

test('verdicts that changed are told, also of scenarios that one run lacks', () => {
  const [a, b] = [ended({ a: 'passed', b: 'passed', c: 'skipped' }), ended({ a: 'passed', b: 'broken' })];
  assert.deepEqual(differences(a.scenarios ?? [], b.scenarios ?? []), [
    'b: passed, then broken (why b)',
    'c: skipped, then not run (why c)',
  ]);
});

test('a mutant that was not tried is broken, never killed', () => {
  const said = JSON.stringify({
    controls: [{ problems: [] }],
    mutants: [
      { name: 'x', fate: 'killed', killers: [{ id: 's' }] },
      { name: 'y', fate: 'survived', killers: [], reason: '2 passed' },
    ],
  });
  assert.deepEqual(fatesOf(['x', 'y', 'z'], { said, problems: [] }), [
    { name: 'x', fate: 'killed', why: 's' },
    { name: 'y', fate: 'survived', why: '2 passed' },
    { name: 'z', fate: 'broken', why: 'not tried: ' },
  ]);
  assert.deepEqual(fatesOf(['x'], { said: '', problems: ['it crashed'] }), [
    { name: 'x', fate: 'broken', why: 'not tried: it crashed' },
  ]);
});

test('moments follow from their seed', () => {
  const of = (seed: number) => moments(20, 1000, random(seed));
  assert.deepEqual(of(7), of(7));
  assert.notDeepEqual(of(7), of(8));
  assert.ok(of(7).every((at, i, all) => at >= (all[i - 1] ?? 0) && at < 1000));
});
