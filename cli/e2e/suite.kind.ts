/** The whole suite on real kubelets, with the reference CNI, and what sets it apart from a CNI without policies. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { prepare } from '../../clusters/kind/testing.ts';
import type { Comparison } from '../../report/compare/model.ts';
import type { Run } from '../../report/model.ts';
import { assertJudged, scenariosWhere, without } from './judged.ts';
import { netvet } from './netvet.ts';
import { named, needsPolicy } from './results.ts';

const directory = mkdtempSync(join(homedir(), '.netvet-kind-test-'));
const reference = join(directory, 'reference');
const parse = <T>(...path: string[]) => JSON.parse(readFileSync(join(directory, ...path), 'utf8')) as T;

before(prepare);
after(() => rmSync(directory, { recursive: true, force: true }));

test('the reference CNI passes everything on real kubelets', async () => {
  const args = ['run', '--cluster', 'kind', '--cni', 'reference', '--tags', 'not @huge', '--report', reference];
  // it takes some 20 minutes on two cores
  const { exitCode, stderr } = await netvet(args, { minutes: 30 }).finished;
  console.log(stderr.slice(-3000));
  const run = parse<Run>('reference', 'run.json');
  const { scenarios, cluster } = run;
  assert.deepEqual(named(scenarios, 'failed'), []);
  assert.deepEqual(named(scenarios, 'broken'), []);
  assert.equal(exitCode, 0, stderr);
  assert.equal(cluster.provider, 'kind');
  assert.equal(cluster.nodes, 3);
  // with what only real nodes have, which is not skipped on them
  await assertJudged(run, without('@huge'));
});

test('a comparison with a CNI without policies shows every policy scenario failed there, and no other difference', async () => {
  const tags = 'not @load and not @nodes and not @disruptive and not @more and not @starts';
  const args = [
    'compare',
    reference,
    'ptp',
    '--cluster',
    'kind',
    '--tags',
    tags,
    '--report',
    join(directory, 'compared'),
  ];
  const { exitCode, stderr } = await netvet(args).finished;
  console.log(stderr.slice(-3000));
  assert.equal(exitCode, 0, stderr);
  const { columns, features } = parse<Comparison>('compared', 'compare.json');
  assert.deepEqual(
    columns.map(({ cni, outcome }) => [cni.name, outcome]),
    [
      ['reference', 'passed'],
      ['ptp', 'failed'],
    ],
  );
  const tested = parse<Run>('reference', 'run.json').scenarios;
  const policies = new Set(tested.filter(needsPolicy).map(({ id }) => id));
  const rows = features
    .flatMap(({ scenarios }) => scenarios)
    .map(({ id, results }) => {
      const [here, there] = results.map(({ mark }) => mark);
      return { id, here, there };
    });
  const judged = rows.filter(({ here, there }) => here === 'passed' && there !== 'not run' && there !== 'skipped');
  const expected = judged.map(({ id }) => `${id}: ${policies.has(id) ? 'failed' : 'passed'}`);
  assert.deepEqual(
    judged.map(({ id, there }) => `${id}: ${there}`),
    expected,
  );
  const isMeant = without('@load', '@nodes', '@disruptive', '@more', '@starts');
  const core = await scenariosWhere((each) => each.level === 'core' && isMeant(each));
  const compared = new Set(judged.map(({ id }) => id));
  assert.deepEqual(
    core.filter(({ id }) => !compared.has(id)).map(({ id }) => id),
    [],
    'every core scenario was compared',
  );
});
