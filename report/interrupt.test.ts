import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Envelope } from '@cucumber/messages';
import { collect, createCollector } from './collect.ts';
import { conformance } from './conformance.ts';
import { html } from './html/index.ts';
import { junit } from './junit.ts';
import { outcome } from './outcome.ts';
import { cucumber } from './testing/cucumber.ts';
import { metadata, stepFile } from './testing/suite.ts';
import { closingSummary } from './text.ts';

const feature = (lines: string[]) =>
  `Feature: f\n${lines.map((line, i) => `  Scenario: s${i}\n    Given ${line}\n    Given it passes\n`).join('')}`;
const files = (lines: string[], more = '') => ({
  'features/f.feature': feature(lines),
  'steps/all.ts': stepFile + more,
});
const passing = [
  'it takes 5 ms',
  'it measures',
  'the pair is dropped, expected denied',
  'it takes 1 ms',
  'it takes 9 ms',
];
const imports = "\nimport { BeforeAll, AfterAll } from '@cucumber/cucumber';\n";

for (const parallel of [0, 2]) {
  test(`cut short, a run keeps what had finished and never counts as passed (${parallel} at once)`, async () => {
    const envelopes = await cucumber(files(passing), { parallel });
    assert.equal(outcome(collect(envelopes, metadata)), 'passed');
    for (let length = 0; length < envelopes.length; length += 1) {
      const cut = envelopes.slice(0, length);
      const finished = cut.filter((envelope: Envelope) => envelope.testCaseFinished).length;
      const run = collect(cut, { ...metadata, interrupted: true });
      assert.equal(run.scenarios.length, finished);
      assert.equal(run.summary.passed, finished);
      assert.equal(outcome(run), 'broken');
      // the same messages without the word of who cut it short: what is missing broke
      assert.equal(outcome(collect(cut, metadata)), 'broken', `${length} of ${envelopes.length} messages`);
    }
  });
}

test('the collector tells which scenario a message finished, and which one runs', async () => {
  const collector = createCollector();
  const said: string[] = [];
  for (const envelope of await cucumber(files(['it passes', 'the assertion fails']))) {
    const finished = collector.envelope(envelope);
    if (envelope.testCaseStarted)
      said.push(`${collector.running(envelope.testCaseStarted.id)?.name} of ${collector.planned()}`);
    if (finished) said.push(`${finished.name} ${finished.status}`);
  }
  assert.deepEqual(said, ['s0 of 2', 's0 passed', 's1 of 2', 's1 failed']);
});

test('a scenario that never finished or never started is broken when nobody cut the run short', async () => {
  const envelopes = await cucumber(files(passing));
  const second = envelopes.findIndex(
    ({ testCaseStarted }, i) => testCaseStarted && envelopes.slice(0, i).some((e) => e.testCaseStarted),
  );
  const run = collect([...envelopes.slice(0, second + 2), ...envelopes.slice(-1)], metadata);
  assert.deepEqual(
    run.scenarios.map(({ status, reason }) => [status, reason]),
    [
      ['passed', undefined],
      ['broken', 'it has no result: the run ended under it'],
      ...Array.from({ length: 3 }, () => ['broken', 'it was to run and never started']),
    ],
  );
});

test('what breaks outside of scenarios is a problem of the run, and the run is broken', async () => {
  const before = await cucumber(
    files(passing, `${imports}BeforeAll({ name: 'the cluster' }, () => { throw new Error('no API server'); });`),
  );
  assert.deepEqual(
    collect(before, metadata).problems?.[0]?.replace(/ \(.*?\)/, ''),
    'BeforeAll "the cluster" broke: no API server',
  );
  assert.equal(collect(before, metadata).scenarios.length, 0);
  const after = collect(
    await cucumber(files(passing, `${imports}AfterAll(() => { throw new Error('left behind'); });`)),
    metadata,
  );
  assert.match(after.problems?.[0] ?? '', /^AfterAll \(steps\/all\.ts:\d+\) broke: left behind$/);
  assert.equal(after.summary.passed, passing.length);
  const unreadable = collect(await cucumber({ ...files(passing), 'features/bad.feature': 'Nonsense' }), metadata);
  assert.match(unreadable.problems?.[0] ?? '', /^features\/bad\.feature cannot be read: /);
  const unknown = "import { Given as Also } from '@cucumber/cucumber';\nAlso('a {packet}', () => {});";
  const parameter = collect(await cucumber(files(passing, unknown)), metadata);
  assert.match(parameter.problems?.[0] ?? '', /unknown parameter \{packet\}/);
  for (const run of [collect(before, metadata), after, unreadable, parameter]) assert.equal(outcome(run), 'broken');
});

test('a worker that dies breaks what it ran and what was still to run', async () => {
  const dying =
    "\nimport { Given as Also } from '@cucumber/cucumber';\nAlso('the worker dies', () => process.exit(3));";
  const run = collect(
    await cucumber(files(['it passes', 'the worker dies', 'it passes', 'it takes 20 ms', 'it passes'], dying), {
      parallel: 1,
    }),
    metadata,
  );
  assert.equal(run.scenarios.length, 5);
  assert.equal(run.summary.passed, 1);
  assert.equal(run.summary.broken, 4);
  assert.match(run.problems?.[0] ?? '', /^cucumber broke: Worker 0 exited unexpectedly with code 3$/);
});

test('a run of nothing, and a run of skips alone, is not a pass', async () => {
  const nothing = collect(await cucumber(files(passing), { tags: '@none' }), metadata);
  assert.deepEqual(nothing.problems, ['no scenario ran']);
  const skips = collect(await cucumber(files(['it is skipped with a reason'])), metadata);
  assert.equal(skips.problems, undefined);
  assert.equal(outcome(skips), 'broken');
});

test('an observed failure does not make a problem of cucumber’s own verdict', async () => {
  const envelopes = await cucumber({
    'features/f.feature':
      'Feature: f\n  @observed\n  Scenario: s\n    Given the assertion fails\n  Scenario: t\n    Given it passes',
    'steps/all.ts': stepFile,
  });
  const run = collect(envelopes, metadata);
  assert.equal(run.problems, undefined);
  assert.equal(outcome(run), 'passed');
});

test('a run of observed scenarios alone has judged nothing, which no report calls a pass', async () => {
  const envelopes = await cucumber({
    'features/f.feature': '@observed\nFeature: f\n  Scenario: s\n    Given it is only observed',
    'steps/all.ts': stepFile,
  });
  const run = collect(envelopes, { ...metadata, tags: '' });
  assert.equal(outcome(run), 'broken');
  assert.match(closingSummary(run, '.'), /^! Nothing was judged, which is no pass: 1 observed\n/);
  assert.match(junit(run), /<testsuites .*errors="1"[^]*<error type="broken" message="Nothing was judged/);
  assert.match(html(run), /Needs attention[^]*Nothing was judged, which is no pass: 1 observed/);
  assert.match(
    conformance({ ...run, cluster: { ...run.cluster, provider: 'kind' } }),
    /claim: "none: nothing was judged"/,
  );
});

test('what was not selected, and what the run did not come to, is known to the run by name', async () => {
  const text = (name: string, tags: string) =>
    `Feature: ${name}\n${['a', 'b'].map((each) => `  ${tags}\n  Scenario: ${each}\n    Given it passes\n`).join('')}`;
  const envelopes = await cucumber(
    {
      'features/pods/f.feature': text('f', '@core @some'),
      'features/pods/g.feature': text('g', '@extended'),
      'steps/all.ts': stepFile,
    },
    { tags: '@some' },
  );
  const left = ['pods/g/a', 'pods/g/b'].map((id) => ({ id, area: 'pods', level: 'extended' }));
  assert.deepEqual(collect(envelopes, metadata).notRun, left);
  const first = envelopes.findIndex(({ testCaseFinished }) => testCaseFinished);
  const cut = collect(envelopes.slice(0, first + 1), { ...metadata, interrupted: true });
  assert.deepEqual(cut.notRun, [{ id: 'pods/f/b', area: 'pods', level: 'core', selected: true }, ...left]);
  const before = envelopes.findIndex(({ testRunStarted }) => testRunStarted);
  assert.equal(
    collect(envelopes.slice(0, before), { ...metadata, interrupted: true }).notRun?.length,
    before < 0 ? 0 : 4,
  );
});
