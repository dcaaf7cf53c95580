import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import type { Fault } from '../../reference/mutants/index.ts';
import { createBoard } from './board.ts';
import { controlsOf, type Planned } from './plan.ts';
import { reportOf } from './report.ts';
import type { Promised } from './scenarios.ts';
import { aRun, aScenario } from './testing.ts';
import type { Finished, Trial } from './trial.ts';
import { closingLines, codeOf, tryAll } from './trials.ts';

const promised = (id: string): [string, Promised] => [
  id,
  { id, feature: 'F', name: id, place: `features/${id}.feature:1`, promise: 'It holds.' },
];
const scenarios = new Map([promised('a'), promised('b')]);

/** A mutant that nothing real stands behind. */
function planned(name: string, more: Partial<Fault> = {}): Planned {
  const fault: Fault = {
    fault: `${name} is wrong`,
    link: 'https://github.com/some/cni/issues/1',
    seenBy: ['a'],
    make: () => (desired) => desired,
    ...more,
  };
  return { name, fault, trial: { name, mutant: name, parallel: 0, untilFailed: true, unavailable: {}, places: [] } };
}

const passed: Finished = {
  run: aRun([aScenario('a', 'passed'), aScenario('b', 'passed')]),
  ending: '',
  durationMs: 10,
};
const failed: Finished = { run: aRun([aScenario('a', 'failed', 'seen')]), ending: '', durationMs: 10 };
const broken: Finished = { ending: 'its run ended with 3: no node', durationMs: 10 };

async function trying(plan: Planned[], run: (trial: Trial) => Promise<Finished>, stopped: () => boolean = () => false) {
  let shown = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      shown += String(chunk);
      done();
    },
  });
  const board = createBoard({ stream, names: plan.map(({ name }) => name), atOnce: 2 });
  const controls = controlsOf(plan, scenarios, false, {});
  const outcome = await tryAll({ plan, controls, scenarios, full: false, atOnce: 2, run, board, stopped });
  board.end();
  return { outcome, shown, code: codeOf(outcome, stopped()) };
}

test('all are killed: 0, and each has its killer in the table', async () => {
  const { outcome, shown, code } = await trying([planned('one-bug'), planned('other-bug')], async ({ mutant }) =>
    mutant === undefined ? passed : failed,
  );
  assert.equal(code, 0);
  assert.deepEqual(
    outcome.results.map(({ name, fate }) => [name, fate]),
    [
      ['one-bug', 'killed'],
      ['other-bug', 'killed'],
    ],
  );
  assert.match(shown, /^Without a fault all 1 of the scenarios that judge them pass/m);
  assert.match(shown, /1\/2 {2}✓ killed {4}one-bug +0\.0 s {2}Address blocks: a/);
});

test('one that nothing notices survives: 1, and it is said what that means', async () => {
  const { outcome, shown, code } = await trying([planned('no-bug'), planned('one-bug')], async ({ mutant }) =>
    mutant === 'one-bug' ? failed : passed,
  );
  assert.equal(code, 1);
  assert.match(shown, /✗ survived {2}no-bug/);
  const lines = closingLines(outcome, 2, 61_000, '/tmp/x');
  assert.deepEqual(lines, [
    '✗ no-bug survived (2 of its scenarios passed): nothing noticed that no-bug is wrong',
    '2 of 2, 1 killed, 1 survived, in 1:01',
    '  table  /tmp/x/mutate.md',
  ]);
});

test('one that broke proves nothing: 3, whatever became of the others', async () => {
  const { shown, code } = await trying([planned('one-bug'), planned('no-bug')], async ({ mutant }) =>
    mutant === 'one-bug' ? broken : passed,
  );
  assert.equal(code, 3);
  assert.match(shown, /! broken {4}one-bug +0\.0 s {2}its run ended with 3: no node/);
});

test('without a control that holds nothing is tried', async () => {
  for (const control of [failed, broken, { ...passed, run: aRun([aScenario('a', 'skipped', 'no')]) }]) {
    const tried: string[] = [];
    const { outcome, shown, code } = await trying([planned('one-bug')], async ({ name }) => {
      tried.push(name);
      return control;
    });
    assert.equal(code, 3);
    assert.deepEqual(tried, ['control']);
    assert.deepEqual(outcome.results, []);
    assert.match(shown, /not all of the scenarios .* nothing is proven: /);
  }
});

test('every fabric that mutants are about has a control of its own', async () => {
  const tried: Trial[] = [];
  await trying([planned('one-bug'), planned('tunnel-bug', { fabric: 'vxlan', seenBy: ['b'] })], async (trial) => {
    tried.push(trial);
    return passed;
  });
  const controls = tried.filter(({ mutant }) => mutant === undefined);
  assert.deepEqual(
    controls.map(({ name, fabric, places }) => [name, fabric, places]),
    [
      ['control', undefined, ['features/a.feature:1']],
      ['control-vxlan', 'vxlan', ['features/b.feature:1']],
    ],
  );
});

test('an interrupt begins no more, keeps what there is, and takes nothing that broke for a result', async () => {
  let stop = false;
  const plan = [planned('first-bug'), planned('second-bug'), planned('third-bug'), planned('fourth-bug')];
  const { outcome, code } = await trying(
    plan,
    async ({ mutant }) => {
      if (mutant === undefined) return passed;
      if (mutant === 'first-bug') return failed;
      stop = true;
      return broken;
    },
    () => stop,
  );
  assert.equal(code, 130);
  const fates = outcome.results.map(({ name, fate }) => `${name} ${fate}`);
  assert.ok(fates.includes('first-bug killed') && fates.includes('second-bug interrupted'), fates.join());
  assert.ok(fates.length < plan.length);
});

test('the report counts what there is', () => {
  const report = reportOf({
    id: 'x',
    startedAt: '',
    durationMs: 1,
    command: 'netvet mutate',
    netvet: '0.1.0',
    wanted: 2,
    controls: [],
    mutants: [],
  });
  assert.deepEqual(report.summary, { killed: 0, survived: 0, broken: 0, interrupted: 0 });
});
