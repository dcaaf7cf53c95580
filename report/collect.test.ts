import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect } from './collect.ts';
import type { Run, Scenario } from './model.ts';
import { cucumber } from './testing/cucumber.ts';
import { metadata, stepFile } from './testing/suite.ts';

/** Runs one scenario per entry: its name -> its lines, tags in the first one where there are any. */
async function judge(
  scenarios: Record<string, string[]>,
  options: { parallel?: number; retry?: number; steps?: string } = {},
): Promise<Run> {
  const text = Object.entries(scenarios).map(([name, lines]) => {
    const tags = lines[0]?.startsWith('@') ? `  ${lines[0]}\n` : '';
    const steps = lines.filter((line) => !line.startsWith('@'));
    return `${tags}  Scenario: ${name}\n${steps.map((line) => `    Given ${line}\n`).join('')}`;
  });
  const files = {
    'features/policies/deny.feature': `Feature: Default deny\n\n${text.join('\n')}`,
    'steps/all.ts': stepFile + (options.steps ?? ''),
  };
  return collect(await cucumber(files, options), metadata);
}

const brief = ({ name, status, reason }: Scenario) => `${name}: ${status}${reason ? ` (${reason})` : ''}`;

const verdicts: Record<string, { steps: string[]; becomes: string }> = {
  pass: { steps: ['it passes'], becomes: 'passed' },
  assertion: {
    steps: ['it passes', 'the assertion fails', 'it passes'],
    becomes: 'failed (expected denied from web to db TCP/5432, seen leaked)',
  },
  'kind of assertion': { steps: ['the matrix is wrong'], becomes: 'failed (the matrix never held: web to db leaked)' },
  'mute assertion': {
    steps: ['the assertion fails without a message'],
    becomes: 'failed (Expected values to be strictly deep-equal: + actual - expected)',
  },
  'probe gone': { steps: ['the probe is gone'], becomes: 'broken (the agent of pod web is gone)' },
  'wrong code': {
    steps: ['the code is wrong'],
    becomes: "broken (TypeError: Cannot read properties of null (reading 'oops'))",
  },
  'ordinary error': { steps: ['it throws an ordinary error'], becomes: 'broken (ECONNRESET)' },
  'text thrown': { steps: ['it throws a text'], becomes: 'broken (just text)' },
  endless: {
    steps: ['it never ends'],
    becomes: 'broken (function timed out, ensure the promise resolves within 150 milliseconds)',
  },
  pending: { steps: ['it is pending'], becomes: 'broken (its step definition is not written yet (it says "pending"))' },
  undefined: { steps: ['nobody carries this out'], becomes: 'broken (no step definition carries out this sentence)' },
  ambiguous: { steps: ['twice defined'], becomes: 'broken (2 step definitions carry out this sentence)' },
  empty: { steps: [], becomes: 'broken (it has no steps, so it checks nothing)' },
  'skip with reason': {
    steps: ['it passes', 'it is skipped with a reason', 'it passes'],
    becomes: 'skipped (k6 is not installed)',
  },
  'skip without': { steps: ['it is skipped'], becomes: 'skipped ("it is skipped" was skipped and does not say why)' },
  'skip in words only': { steps: ['it says skipped but goes on', 'it passes'], becomes: 'skipped (one node only)' },
  'skip and fail': {
    steps: ['it says skipped but goes on', 'the assertion fails'],
    becomes: 'failed (expected denied from web to db TCP/5432, seen leaked)',
  },
  'observed by tag': { steps: ['@observed', 'it passes'], becomes: 'observed' },
  'observed by tag, otherwise failed': {
    steps: ['@observed', 'the assertion fails'],
    becomes: 'observed (expected denied from web to db TCP/5432, seen leaked)',
  },
  'observed by tag, broken': {
    steps: ['@observed', 'the probe is gone'],
    becomes: 'broken (the agent of pod web is gone)',
  },
  'observed by tag, skipped': {
    steps: ['@observed', 'it is skipped with a reason'],
    becomes: 'skipped (k6 is not installed)',
  },
  'observed by word': { steps: ['it is only observed', 'it passes'], becomes: 'observed (the connection was cut)' },
  'observed by word does not hide a failure': {
    steps: ['it is only observed', 'the assertion fails'],
    becomes: 'failed (expected denied from web to db TCP/5432, seen leaked)',
  },
  'broken quietly': { steps: ['it breaks quietly', 'it passes'], becomes: 'broken (out of sockets)' },
  'broken quietly, then failed': {
    steps: ['it breaks quietly', 'the assertion fails'],
    becomes: 'broken (out of sockets)',
  },
  'nonsense attached': {
    steps: ['it attaches nonsense'],
    becomes:
      "broken (an attachment of cells that is not JSON: Expected property name or '}' in JSON at position 1 " +
      '(line 1 column 2))',
  },
  'not a number': {
    steps: ['it attaches a figure that is not one'],
    becomes: 'broken (an attachment that cannot be read: measurement[0].value is not a number)',
  },
  'unknown attachment': {
    steps: ['it attaches a new kind of thing'],
    becomes: 'broken (an attachment of the unknown type application/vnd.netvet.poem+json)',
  },
  'broken cell': {
    steps: ['the pair is broken, expected denied', 'it passes'],
    becomes: 'broken (the probe from web to db TCP/5432 broke)',
  },
  'cell against the steps': {
    steps: ['the pair is leaked, expected denied'],
    becomes: 'broken (its steps passed, yet web to db TCP/5432 was expected denied and seen leaked)',
  },
  'unserved is neither': {
    steps: ['the pair is unserved, expected denied'],
    becomes: 'broken (its steps passed, yet web to db TCP/5432 was expected denied and seen unserved)',
  },
  'cell that came right': {
    steps: ['the pair is leaked, expected denied', 'the pair is dropped, expected denied'],
    becomes: 'passed',
  },
  'observed cells are not judged': { steps: ['@observed', 'the pair is leaked, expected denied'], becomes: 'observed' },
  'before hook breaks': {
    steps: ['@before-breaks', 'it passes'],
    becomes: 'broken (Before: a stage: no Pod became ready)',
  },
  'before hook asserts': {
    steps: ['@before-asserts', 'it passes'],
    becomes: 'broken (Before: AssertionError [ERR_ASSERTION]: the control was not allowed)',
  },
  'before hook skips': { steps: ['@before-skips', 'it passes'], becomes: 'skipped (needs two nodes)' },
  'after hook breaks': {
    steps: ['@after-breaks', 'it passes'],
    becomes: 'broken (After: clean up: namespace would not go)',
  },
  'failed, then the after hook breaks': {
    steps: ['@after-breaks', 'the assertion fails'],
    becomes: 'failed (expected denied from web to db TCP/5432, seen leaked)',
  },
  'skipped, then the after hook breaks': {
    steps: ['@after-breaks', 'it is skipped with a reason'],
    becomes: 'broken (After: clean up: namespace would not go)',
  },
  'step hook breaks': { steps: ['@afterstep-breaks', 'it passes'], becomes: 'broken (the watch was lost)' },
};

for (const parallel of [0, 3]) {
  test(`every way to end becomes its status${parallel > 0 ? `, with ${parallel} at once` : ''}`, async () => {
    const run = await judge(Object.fromEntries(Object.entries(verdicts).map(([name, { steps }]) => [name, steps])), {
      parallel,
    });
    assert.deepEqual(
      run.scenarios.map(brief),
      Object.entries(verdicts).map(([name, { becomes }]) => `${name}: ${becomes}`),
    );
    const counted = Object.values(run.summary).reduce((sum, count) => sum + count, 0);
    assert.equal(counted, Object.keys(verdicts).length);
    assert.deepEqual(run.problems, [
      'failed, then the after hook breaks: After: clean up broke: namespace would not go',
    ]);
  });
}

test('what steps attach is in the run, with the step it came from', async () => {
  const { scenarios, load } = await judge({
    'the door closes': [
      '@extended @after-measures',
      'the pair is allowed, expected allowed',
      'it measures',
      'the pair is rejected, expected denied',
      'a load runs',
    ],
  });
  const { durationMs, steps, ...scenario } = scenarios[0] as Scenario;
  assert.ok(durationMs >= 0);
  const pair = { from: 'web', to: 'db', port: 5432, protocol: 'TCP' };
  assert.deepEqual(scenario, {
    id: 'policies/deny/the-door-closes',
    feature: 'Default deny',
    area: 'policies',
    name: 'the door closes',
    source: 'features/policies/deny.feature:4',
    tags: ['@extended', '@after-measures'],
    level: 'extended',
    status: 'passed',
    measurements: [
      { name: 'convergence', value: 182.4, unit: 'ms' },
      { name: 'leak window', value: 12, unit: 'ms' },
      { name: 'stable', value: 1200, unit: 'ms' },
      { name: 'convergence', value: 1, unit: 'ms' },
    ],
    cells: [
      { ...pair, expected: 'allowed', verdict: 'allowed', step: 0 },
      { ...pair, expected: 'denied', verdict: 'rejected', step: 2 },
    ],
  });
  assert.deepEqual(
    steps?.map(({ text, status, hook, notes }) => [text, status, hook, notes]),
    [
      ['the pair is allowed, expected allowed', 'passed', undefined, undefined],
      ['it measures', 'passed', undefined, ['round 7 held']],
      ['the pair is rejected, expected denied', 'passed', undefined, undefined],
      ['a load runs', 'passed', undefined, undefined],
      ['After', 'passed', true, undefined],
    ],
  );
  assert.equal(load?.length, 1);
  assert.equal(load?.[0]?.scenario, 'policies/deny/the-door-closes');
  assert.deepEqual(load?.[0]?.series[0]?.lost, { 'connection refused': 2 });
});

test('steps have their durations and, where they went wrong, the whole error', async () => {
  const { scenarios } = await judge({
    slow: ['it takes 60 ms', 'the matrix is wrong', 'it passes'],
    tool: ['it throws an ordinary error'],
  });
  const [slow, tool] = scenarios as [Scenario, Scenario];
  assert.ok((slow.steps?.[0]?.durationMs ?? 0) >= 59, `${slow.steps?.[0]?.durationMs} ms`);
  assert.ok(slow.durationMs >= 59);
  assert.equal(slow.steps?.[1]?.error, 'the matrix never held:\n  web to db leaked\n  cache to db leaked');
  assert.equal(slow.steps?.[2]?.status, 'skipped');
  assert.match(
    tool.steps?.[0]?.error ?? '',
    /^ECONNRESET\n[\s\S]*steps\/all\.ts[\s\S]*Caused by: Error: socket closed/,
  );
});

test('a pass on a second attempt is no pass', async () => {
  const { scenarios } = await judge({ flaky: ['it passes the second time'] }, { retry: 1 });
  assert.deepEqual(scenarios.map(brief), ['flaky: failed (attempt 1 of 2: not yet)']);
});

test('steps are told as they are written: keyword, sentence, table and block', async () => {
  const feature = `Feature: f
  Background:
    Given these pods:
      | Pod | labels  |
      | web | app=web |
  Rule: r
    Scenario: s
      When it passes
      But this policy:
        """yaml
        spec: {}
        """
`;
  const more = "\nGiven('these pods:', (table) => {});\nGiven('this policy:', (text) => {});";
  const { scenarios } = collect(
    await cucumber({ 'features/f.feature': feature, 'steps/all.ts': stepFile + more }),
    metadata,
  );
  const told = scenarios[0]?.steps?.map(({ durationMs, status, ...rest }) =>
    durationMs >= 0 && status === 'passed' ? rest : status,
  );
  assert.deepEqual(told, [
    {
      keyword: 'Given',
      text: 'these pods:',
      table: [
        ['Pod', 'labels'],
        ['web', 'app=web'],
      ],
    },
    { keyword: 'When', text: 'it passes' },
    { keyword: 'But', text: 'this policy:', block: 'spec: {}' },
  ]);
});

test('everything that was observed is told', async () => {
  const { scenarios } = await judge({ both: ['@observed', 'it is only observed', 'it is only observed'] });
  assert.deepEqual(scenarios.map(brief), ['both: observed (the connection was cut; the connection was cut)']);
});
