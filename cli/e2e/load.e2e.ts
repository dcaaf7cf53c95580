import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Run } from '../../report/index.ts';
import { packageRoot } from '../paths.ts';
import { OwnMachine } from './leftovers.ts';
import { netvet } from './netvet.ts';

let directory: string;
let machine: OwnMachine;
before(async () => {
  directory = mkdtempSync(join(homedir(), '.netvet-load-test-'));
  machine = await OwnMachine.start();
});
after(() => {
  machine.end();
  rmSync(directory, { recursive: true, force: true });
});

const runOf = (report: string): Run => JSON.parse(readFileSync(join(report, 'run.json'), 'utf8')) as Run;

/** One round of two seconds on each path, and then time is up. */
const short = ['--duration', '2', '--max-time', '10'];

test('netvet load measures every path, accounts for every request, and writes every report', async () => {
  const report = join(directory, 'all');
  const { exitCode, stdout, stderr } = await netvet(['load', ...short, '--report', report, '--json'], { machine })
    .finished;
  console.log(stderr.slice(-1500));
  const run = runOf(report);
  assert.deepEqual(
    run.scenarios.filter(({ status }) => status === 'broken'),
    [],
  );
  const [load] = run.load ?? [];
  assert.ok(load);
  assert.equal(load.series.length, 3);
  for (const { name, sent, answered, lost, rounds = [], exitCodes = [] } of load.series) {
    assert.ok(rounds.length >= 2, name);
    assert.equal(exitCodes.length, rounds.length);
    assert.ok(Math.abs(sent / rounds.length - 200) <= 2, `${name}: ${sent} in ${rounds.length} rounds`);
    assert.equal(sent, answered + Object.values(lost).reduce((sum, number) => sum + number, 0));
  }
  for (const { mean, low, high } of load.differences ?? []) assert.ok(low <= mean && mean <= high);
  assert.equal(load.differences?.length, 2);
  // figures of a busy machine are not asserted: a bound may be missed, and then the exit code says so
  assert.equal(exitCode, run.summary.failed > 0 ? 1 : 0, stderr);
  assert.deepEqual(JSON.parse(stdout.trim().split('\n').at(-1) as string), load);
  const schema = JSON.parse(readFileSync(join(packageRoot, 'report/run.schema.json'), 'utf8'));
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  assert.ok(ajv.validate(schema, run), JSON.stringify(ajv.errors));
  assert.match(readFileSync(join(report, 'junit.xml'), 'utf8'), /k6 and the backends agree on every request/);
  assert.match(readFileSync(join(report, 'index.html'), 'utf8'), /95 % interval/);
  assert.deepEqual(await machine.left(), []);
});

test('--distributed loads from several Pods that begin together, and the account has every request', async () => {
  const report = join(directory, 'distributed');
  const args = ['load', '--distributed', '2', '--script', 'keep-alive', ...short, '--report', report];
  const { exitCode, stderr } = await netvet(args, { machine }).finished;
  const { scenarios, load: [load] = [], environment, summary } = runOf(report);
  assert.match(stderr, /2 runners as an indexed Job: an embedded cluster has no k6-operator/);
  assert.match(environment?.['Load'] ?? '', /from 2 Pods of an indexed Job/);
  const [account] = scenarios;
  assert.equal(account?.status, 'passed', stderr);
  const [apart] = account?.measurements ?? [];
  // each round takes two seconds: the last began before the first had ended
  assert.ok(apart?.name === 'runners began within' && apart.value < 2_000, JSON.stringify(apart));
  assert.deepEqual(
    load?.series.map(({ name }) => name),
    ['Service path', 'same Pods dialled directly'],
  );
  for (const { name, sent, answered, lost, rounds = [], exitCodes = [] } of load?.series ?? []) {
    assert.equal(exitCodes.length, 2 * rounds.length, name);
    // the shares of both are the whole, and not twice the whole
    assert.ok(Math.abs(sent / rounds.length - 400) <= 3, `${name}: ${sent} in ${rounds.length} rounds`);
    assert.equal(sent, answered + Object.values(lost).reduce((sum, number) => sum + number, 0));
  }
  assert.equal(exitCode, summary.failed > 0 ? 1 : 0, stderr);
  assert.deepEqual(await machine.left(), []);
});

test('what is judged is the interval, by the thresholds of the file', async () => {
  const report = join(directory, 'strict');
  const thresholds = join(directory, 'strict.json');
  writeFileSync(thresholds, JSON.stringify({ lost: 0, differenceMs: { service: 0, host: 0 } }));
  const args = ['load', '--script', 'large-body', ...short, '--report', report, '--thresholds', thresholds];
  const { exitCode, stderr } = await netvet(args).finished;
  const { scenarios, summary } = runOf(report);
  const judged = scenarios.filter(({ name }) => name.startsWith('p50 of'));
  assert.equal(judged.length, 2, stderr);
  // whether the interval is beyond zero is the machine's affair; that nothing else decides is ours
  for (const { status, reason = '' } of judged) if (status !== 'passed') assert.match(reason, /95 % interval/);
  assert.equal(exitCode, summary.failed > 0 ? 1 : 0, stderr);
});

test('Ctrl-C keeps the rounds so far and exits with 130', async () => {
  const report = join(directory, 'interrupted');
  const load = netvet(['load', '--duration', '2', '--max-time', '300', '--tolerance', '1', '--report', report]);
  await load.saw(/^round 1: /m);
  process.kill(-(load.child.pid as number), 'SIGINT');
  const { exitCode, stderr } = await load.finished;
  assert.equal(exitCode, 130, stderr);
  const run = runOf(report);
  assert.equal(run.interrupted, true);
  assert.ok((run.load?.[0]?.series.length ?? 0) === 3, stderr);
  // what was not seen to its end is not judged
  assert.equal(run.summary.passed, 0);
  const [account] = run.scenarios;
  assert.deepEqual([account?.status, account?.reason?.split(':')[0]], ['skipped', 'not judged']);
});
