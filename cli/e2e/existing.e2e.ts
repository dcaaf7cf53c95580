/** A cluster that netvet has made, seen by another netvet that knows it only by a context of a kubeconfig. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../../clusters/cluster.ts';
import { findCni } from '../../clusters/cni/index.ts';
import { embedded } from '../../clusters/embedded/index.ts';
import { testInside } from '../../clusters/embedded/testing.ts';
import { configOf, leftRuns } from '../../clusters/existing/index.ts';
import { thisRunner } from '../../clusters/existing/runner.ts';
import type { Run } from '../../report/model.ts';
import type { KubeObject } from '../../steps/kube/index.ts';
import { NodeShell } from '../../steps/nodes/shell.ts';
import { World } from '../../steps/world.ts';
import { assertJudged } from './judged.ts';
import { netvet } from './netvet.ts';

await testInside();

let cluster: Cluster;
const directory = mkdtempSync('/tmp/existing-');
const context = 'theirs';
const bounds = { changeMs: 10_000, attemptMs: { least: 100, most: 1_000 }, gapMs: { attempts: 300, pages: 300 } };

before(async () => {
  cluster = await embedded.create({ name: context, nodes: 3, progress: () => {}, logDirectory: directory });
  const cni = await findCni('reference');
  await cni.install(cluster);
  await cni.ready(cluster);
});
after(() => cluster.delete());

/** Starts netvet with the cluster's kubeconfig, and nothing else. */
const start = (args: string[]) => netvet(args, { env: { KUBECONFIG: cluster.kubeconfig } });
const left = async () => (await leftRuns(configOf(cluster))).map(({ namespaces }) => namespaces).flat();

test('a run on a context passes, says what is installed, and leaves no namespace', async () => {
  const report = join(directory, 'report');
  const tags = '@pods and @core and not @exclusive';
  const { exitCode, stdout, stderr } = await start([
    'run',
    '--cluster',
    context,
    '--tags',
    tags,
    '--report',
    report,
    '--json',
  ]).finished;
  assert.equal(exitCode, 0, stderr);
  const run = JSON.parse(readFileSync(join(report, 'run.json'), 'utf8')) as Run;
  assert.equal(run.cluster.provider, 'existing');
  assert.equal(run.cluster.nodes, 3);
  assert.equal(run.cni.name, 'reference');
  await assertJudged(
    run,
    ({ tags }) => tags.includes('@pods') && tags.includes('@core') && !tags.includes('@exclusive'),
  );
  assert.deepEqual(JSON.parse(stdout.trim().split('\n').at(-1) as string), run.summary);
  assert.match(stderr, /Nothing of this run is left/);
  assert.deepEqual(await left(), []);
});

test('what disturbs others is skipped unless it is asked for', async () => {
  const report = join(directory, 'disruptive');
  const { exitCode, stderr } = await start(['run', '--cluster', context, '--tags', '@disruptive', '--report', report])
    .finished;
  assert.equal(exitCode, 3, `nothing was judged, which is no pass: ${stderr}`);
  const { scenarios } = JSON.parse(readFileSync(join(report, 'run.json'), 'utf8')) as Run;
  assert.ok(scenarios.length > 0);
  for (const { status, reason, id } of scenarios) {
    assert.equal(status, 'skipped', id);
    assert.match(reason ?? '', /--disruptive/);
  }
});

test('Ctrl-C deletes what the run has made', async () => {
  const run = start(['run', '--cluster', context, '--tags', '@services', '--report', join(directory, 'cut')]);
  await run.saw(/^passed /m);
  assert.notDeepEqual(await left(), []);
  process.kill(-(run.child.pid as number), 'SIGINT');
  // as npm does it, which passes on what the terminal has sent already
  await delay(50);
  process.kill(-(run.child.pid as number), 'SIGINT');
  const { exitCode, stderr } = await run.finished;
  assert.equal(exitCode, 130, stderr);
  assert.deepEqual(await left(), []);
});

test('cleanup leaves a run that goes on, and takes what one that was killed has left', async () => {
  const run = start(['run', '--cluster', context, '--tags', '@services', '--report', join(directory, 'killed')]);
  await run.saw(/^passed /m);
  const going = await start(['cleanup', '--cluster', context]).finished;
  assert.match(going.stdout, /^stays run .*: it is running on this machine$/m);
  run.child.kill('SIGKILL');
  await run.finished;
  const listed = await start(['cleanup', '--cluster', context, '--dry-run']).finished;
  assert.match(listed.stdout, /^goes {2}run .*: its process on this machine has ended$/m);
  const there = await left();
  assert.notDeepEqual(there, []);
  for (const name of there) assert.ok(listed.stdout.includes(name), listed.stdout);
  const cleaned = await start(['cleanup', '--cluster', context]).finished;
  assert.equal(cleaned.exitCode, 0, cleaned.stderr);
  assert.deepEqual(await left(), []);
});

test('cleanup takes back what a run that was killed did to a node, and names what it cannot', async () => {
  const run = 'killed-1';
  const runner = JSON.stringify({ ...thisRunner(), startTime: 'ended' });
  const parameters = { kubeconfig: cluster.kubeconfig, runId: run, runner, images: { node: 'node:24' }, bounds };
  const world = new World({ attach: () => {}, log: () => {}, link: () => {}, parameters } as never);
  const [node] = await world.kube.list({ kind: 'Node' });
  const shell = await NodeShell.open(world, (node as KubeObject).metadata.name, 'nothing');
  const tables = () => shell.must('nft list tables');
  const before = await tables();
  await shell.willTakeBack('a table is there', 'nft delete table ip netvet-accident-test');
  await shell.must('nft add table ip netvet-accident-test');
  await shell.willTakeBack('what nobody can undo was done', 'echo it is too late; exit 1');
  const cleaned = await start(['cleanup', '--cluster', context, '--run', run]).finished;
  assert.match(cleaned.stderr, /^taken back on \S+: a table is there$/m);
  assert.match(cleaned.stderr, /^netvet: not taken back on \S+: what nobody can undo was done: it is too late *$/m);
  assert.equal(cleaned.exitCode, 3);
  // its Pod is the way to the node
  assert.notDeepEqual(await left(), []);
  await shell.must('for undo in /run/netvet-undo/killed-1/*/*/undo; do echo true >"$undo"; done');
  const again = await start(['cleanup', '--cluster', context, '--run', run]).finished;
  assert.equal(again.exitCode, 0, again.stderr);
  assert.deepEqual(await left(), []);
  const { stdout } = (await cluster.run?.(shell.node, ['nft', 'list', 'tables'])) ?? { stdout: '' };
  assert.equal(stdout.trim(), before);
});

test('mistakes are told all at once, and nothing is started', async () => {
  const unknown = await start(['run', '--cluster', 'ours']).finished;
  assert.equal(unknown.exitCode, 2);
  assert.match(unknown.stderr, /no context is called "ours": there are theirs/);
  const { exitCode, stderr } = await start(['run', '--cluster', context, '--cni', 'ptp', '--nodes', '2', '--keep'])
    .finished;
  assert.equal(exitCode, 2);
  for (const flag of ['--cni', '--nodes', '--keep']) assert.match(stderr, new RegExp(`netvet: ${flag}`));
});
