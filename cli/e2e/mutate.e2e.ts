import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Report } from '../mutate/report.ts';
import { OwnMachine } from './leftovers.ts';
import { netvet } from './netvet.ts';

// outside every directory that is private inside
const folder = mkdtempSync(join(homedir(), '.netvet-mutate-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const read = (name: string, file: string) => readFileSync(join(folder, name, file), 'utf8');

test('mutants are killed by the scenarios that are about them, after the control has passed', async (t) => {
  const machine = await OwnMachine.start();
  t.after(() => machine.end());
  const mutants = [
    'policy-except-ignored',
    'policy-never-removed',
    'service-no-hairpin',
    'fabric-tunnel-mac-stale',
    'service-early-slices-lost',
  ];
  const run = netvet(['mutate', ...mutants, '--report', join(folder, 'five'), '--json'], { machine });
  const { exitCode, stdout, stderr } = await run.finished;
  assert.equal(exitCode, 0, stderr);
  const report = JSON.parse(stdout.trim().split('\n').at(-1) as string) as Report;
  assert.deepEqual(report, JSON.parse(read('five', 'mutate.json')));
  assert.deepEqual(report.summary, { killed: 5, survived: 0, broken: 0, interrupted: 0 });
  // of those that judge it, whichever fails first
  const places = {
    'policy-except-ignored': /^policies\/ip-blocks\/everybody-may-come-in-except-one-address$/,
    'policy-never-removed': /^policies\/default-deny\/a-policy-without-rules-closes-what-comes-in-/,
    'service-no-hairpin': /^services\/cluster-ip\/a-pod-reaches-itself-through-its-own-service$/,
    'service-early-slices-lost': /^services\//,
    'fabric-tunnel-mac-stale': /^pods\/connections\/pods-of-different-/,
  };
  for (const [name, place] of Object.entries(places))
    assert.match(report.mutants.find((each) => each.name === name)?.killers[0]?.id ?? '', place);
  // what stays closed when a scenario's policies have gone is told where it happened, and not to the next one
  const closed = report.mutants.find(({ name }) => name === 'policy-never-removed')?.killers[0]?.reason ?? '';
  assert.match(closed, /s after the scenario's policies were deleted, its Pods cannot reach each other: /);
  for (const { killers } of report.mutants) assert.ok(killers.every(({ reason, promise }) => reason && promise));
  assert.deepEqual(
    report.controls.map(({ fabric, isLate, problems }) => `${fabric} ${isLate} ${problems.join()}`).toSorted(),
    ['auto false ', 'auto true ', 'vxlan false '],
  );
  assert.match(read('five', 'mutate.md'), /policy-except-ignored.*ovn-kubernetes#845/);
  assert.match(read('five', 'policy-except-ignored/run.json'), /"mutant": "policy-except-ignored"/);
  assert.match(stderr, /✓ killed {4}service-no-hairpin/);
  assert.deepEqual(await machine.left(), []);
});

test('Ctrl-C keeps the table so far and exits with 130', async () => {
  // more than can be through when the control is
  const mutants = [
    'policy-none',
    'policy-except-ignored',
    'service-no-hairpin',
    'masquerade-none',
    'service-one-endpoint',
  ];
  const run = netvet(['mutate', ...mutants, '--parallel', '1', '--report', join(folder, 'stopped'), '--json']);
  await run.saw(/Without a fault/);
  process.kill(-(run.child.pid as number), 'SIGINT');
  const { exitCode, stdout, stderr } = await run.finished;
  assert.equal(exitCode, 130, stderr);
  const report = JSON.parse(stdout.trim().split('\n').at(-1) as string) as Report;
  assert.equal(report.interrupted, true);
  assert.ok(report.summary.interrupted > 0, stdout);
  assert.deepEqual(report, JSON.parse(read('stopped', 'mutate.json')));
});

test('mistakes are told all at once, exit code 2, and nothing is started; the list has links', async () => {
  const wrong = await netvet(['mutate', 'policy-nine', 'policy-ten', '--parallel', 'x']).finished;
  assert.equal(wrong.exitCode, 2);
  assert.equal(wrong.stdout, '');
  const lines = wrong.stderr.trim().split('\n');
  assert.equal(lines.length, 3, wrong.stderr);
  for (const [i, word] of ['policy-nine', 'policy-ten', '--parallel'].entries())
    assert.ok(lines[i]?.startsWith('netvet: ') && lines[i].includes(word), wrong.stderr);
  const list = await netvet(['mutate', '--list']).finished;
  assert.equal(list.exitCode, 0);
  assert.match(list.stdout, /policy-none\n.*never enforced\n.*https:\/\/github.com\//);
});
