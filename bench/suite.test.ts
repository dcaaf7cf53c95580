import assert from 'node:assert/strict';
import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { busy, disturb, table } from './contention/index.ts';
import { type Group, makeGroup, NoGroup } from './group.ts';
import { agent, read, treeOf } from './processes.ts';
import { differences, type Ended, type How, netvet } from './suite.ts';

const place = mkdtempSync(join(tmpdir(), 'netvet-bench-'));
after(() => rmSync(place, { recursive: true }));

/** A checkout whose netvet is this program; `report` is where its results have to go. */
function fake(name: string, program: string): Pick<How, 'checkout' | 'report'> {
  const checkout = join(place, name);
  mkdirSync(join(checkout, 'cli'), { recursive: true });
  // mutate takes an empty directory only
  const head = `const report = process.argv.at(-1);
    require('node:fs').mkdirSync(report);
    const write = (name, value) => require('node:fs').writeFileSync(report + '/' + name, JSON.stringify(value));`;
  writeFileSync(join(checkout, 'cli/netvet.js'), `${head}\n${program}`);
  return { checkout, report: join(checkout, 'report') };
}
const { signal } = new AbortController();
const stateOf = (pid: number) => read(`/proc/${pid}/stat`).split(') ').at(-1)?.[0] ?? '';

/** Skips the test where there can be no groups. */
function needsGroups(t: TestContext): boolean {
  try {
    makeGroup(undefined, true)?.[Symbol.dispose]();
    return true;
  } catch (error) {
    assert.ok(error instanceof NoGroup);
    t.skip(error.message);
    return false;
  }
}

test('a run is what its run.json says; one without is told with its last words', async () => {
  const good = fake(
    'good',
    `write('run.json', { scenarios: [{ id: 'a', status: 'passed' }], problems: ['no space'] });`,
  );
  const { scenarios, problems } = await netvet(['run'], { ...good, signal });
  assert.deepEqual([scenarios, problems], [[{ id: 'a', status: 'passed' }], ['no space']]);
  const bad = await netvet(['run'], { ...fake('bad', `console.error('no k6');`), signal });
  assert.deepEqual([bad.scenarios, bad.problems], [[], ['there is no report: no k6']]);
});

test('fates of mutants are statuses, and those that were not tried are a problem', async () => {
  const mutants = [
    { name: 'x', fate: 'killed' },
    { name: 'y', fate: 'survived', reason: '2 passed' },
  ];
  const report = { wanted: 3, controls: [{ problems: ['the control failed'] }], mutants };
  const ended = await netvet(['mutate'], {
    ...fake('mutate', `write('mutate.json', ${JSON.stringify(report)})`),
    signal,
  });
  assert.deepEqual(ended.scenarios, [
    { id: 'x', status: 'killed' },
    { id: 'y', status: 'survived', reason: '2 passed' },
  ]);
  assert.deepEqual(ended.problems, ['the control failed', '1 mutants were not tried']);
});

test('processor time is that of all processes of a run, which are in a group that goes with it', async (t) => {
  if (!needsGroups(t)) return;
  const burn = 'while (process.cpuUsage().user < 100_000);';
  const how = fake(
    'cpu',
    `require('node:child_process').spawnSync(process.execPath, ['-e', '${burn}']);
    ${burn}
    console.error(require('node:fs').readFileSync('/proc/self/cgroup', 'utf8').match(/netvet-bench-\\w+/)[0]);`,
  );
  let name = '';
  const observer = (group: Group) => {
    name = group.name;
    return ['env'];
  };
  for (const quota of [undefined, 0.5]) {
    const { cpuMs, problems } = await netvet(['run'], {
      ...how,
      report: `${how.report}-${quota}`,
      observer,
      quota,
      signal,
    });
    assert.ok(cpuMs >= 190, `${cpuMs} ms`);
    assert.deepEqual(problems, [`there is no report: ${name}`]);
  }
  assert.doesNotMatch(globSync('/sys/fs/cgroup/{,*/}netvet-bench-*').join(' '), new RegExp(name));
});

test('everything below a run is stopped and goes on, and an end of the benchmark ends the run in order', {
  timeout: 900_000,
}, async () => {
  const stop = new AbortController();
  const how = fake(
    'stopped',
    `require('node:child_process').spawn('sleep', ['300']);
    process.on('SIGINT', () => { write('ended', ''); process.exit(); });
    write('ready', '');`,
  );
  const run = netvet(['run'], {
    ...how,
    signal: stop.signal,
    async during(pid, over) {
      while (!existsSync(join(how.report, 'ready'))) await delay(5);
      const tree = treeOf(pid);
      const until = async (states: RegExp) => {
        while (!tree.every((one) => states.test(stateOf(one)))) await delay(5);
      };
      const disturbed = disturb(pid, 'everything', [0], over);
      await until(/T/);
      assert.equal(await disturbed, 1);
      await until(/[SR]/);
      stop.abort();
    },
  });
  await assert.rejects(run, { name: 'AbortError' });
  assert.ok(existsSync(join(how.report, 'ended')));
});

test("an agent in a Pod is one that may be stopped, and never the reference CNI's", () => {
  assert.match('node /netvet/agent.mjs', agent);
  assert.doesNotMatch('node --max-semi-space-size=1 --v8-pool-size=1 /netvet/agent.mjs', agent);
});

test('loops are there as long as their condition', () => {
  const before = treeOf(process.pid).length;
  {
    using _ = busy(2);
    assert.equal(treeOf(process.pid).length, before + 2);
  }
});

test('a line for each condition; a scenario is flaky where its runs ended in several ways, or one lacks it', () => {
  const ended = (statuses: Record<string, string>, wallMs: number): Ended => ({
    scenarios: Object.entries(statuses).map(([id, status]) => ({
      id,
      status,
      reason: `why ${id}`,
      looks: { void: 2 },
    })),
    ...{ problems: [], wallMs, cpuMs: 500 },
  });
  const text = table(
    ['passed', 'failed', 'broken', 'flaky'],
    new Map([
      [
        'alone',
        [
          ended({ a: 'passed', b: 'passed', c: 'failed', d: 'broken' }, 1000),
          ended({ a: 'passed', b: 'failed', d: 'broken' }, 3000),
        ],
      ],
      ['quota-1', [{ ...ended({ a: 'passed' }, 1000), problems: ['no space'], cpuMs: Number.NaN }]],
    ]),
  );
  const [, , ...lines] = text.split('\n');
  const cells = lines.slice(0, 2).map((line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1)
      .join(' '),
  );
  assert.deepEqual(cells, ['alone 1 0 1 2 14 2.0 0.5', 'quota-1 1 0 0 0 2 1.0 -']);
  const reasons = ['failed: c: why c', 'broken: d: why d', 'failed: b: why b', 'broken: d: why d'];
  assert.deepEqual(lines.slice(3), ['alone:', ...reasons.map((one) => `- ${one}`), '', 'quota-1:', '- no space']);
});

test('verdicts that changed are told, also of scenarios that one run lacks', () => {
  const of = (statuses: Record<string, string>) =>
    Object.entries(statuses).map(([id, status]) => ({ id, status, reason: `why ${id}` }));
  assert.deepEqual(differences(of({ a: 'passed', b: 'passed', c: 'skipped' }), of({ a: 'passed', b: 'broken' })), [
    'b: passed, then broken (why b)',
    'c: skipped, then not run (why c)',
  ]);
});
