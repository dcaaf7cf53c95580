/**
 * The suite on real kubelets, with the reference CNI, and what sets it apart from a CNI without policies: a chosen part of it for every change,
 * and the whole of it in `npm run test:full`. docs/kind.md says why these.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { prepare } from '../../clusters/kind/testing.ts';
import type { Comparison } from '../../report/compare/model.ts';
import type { Run } from '../../report/model.ts';
import { netvet } from './netvet.ts';
import { named, needsPolicy } from './results.ts';

const directory = mkdtempSync(join(homedir(), '.netvet-kind-test-'));
const reference = join(directory, 'reference');
const parse = <T>(...path: string[]) => JSON.parse(readFileSync(join(directory, ...path), 'utf8')) as T;

const isWhole = process.env['NETVET_TEST_FULL'] !== undefined;

/** Of the suite, on the reference CNI. @kubelet: what may end differently on an embedded cluster's kubelets than on real ones. */
const suite = isWhole ? 'not @huge' : '@kubelet and not @more and not @huge';

/** Of those, what is compared with ptp: what disturbs nodes, or measures, tells nothing more of a CNI without policies. */
const compared = `(${suite}) and not @load and not @nodes and not @disruptive and not @more and not @starts`;

/** How many have to be judged at least. */
const least = isWhole ? { passed: 90, policies: 30, others: 30 } : { passed: 36, policies: 12, others: 18 };

before(prepare);
after(() => rmSync(directory, { recursive: true, force: true }));

test('the reference CNI passes everything on real kubelets', async () => {
  const args = ['run', '--cluster', 'kind', '--cni', 'reference', '--tags', suite, '--report', reference];
  // the whole takes some 20 minutes on two cores
  const { exitCode, stderr } = await netvet(args, { minutes: 30 }).finished;
  console.log(stderr.slice(-3000));
  const { scenarios, cluster, summary } = parse<Run>('reference', 'run.json');
  assert.deepEqual(named(scenarios, 'failed'), []);
  assert.deepEqual(named(scenarios, 'broken'), []);
  assert.equal(exitCode, 0, stderr);
  assert.equal(cluster.provider, 'kind');
  assert.equal(cluster.nodes, 3);
  assert.ok(summary.passed >= least.passed, `${summary.passed} passed`);
  // what only real nodes have is not skipped on them
  assert.deepEqual(
    scenarios.filter(({ id, status }) => id.startsWith('nodes/') && status === 'skipped').map(({ id }) => id),
    [],
  );
});

test('a comparison with a CNI without policies shows every policy scenario failed there, and no other difference', async () => {
  const args = [
    'compare',
    reference,
    'ptp',
    '--cluster',
    'kind',
    '--tags',
    compared,
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
  assert.ok(judged.filter(({ id }) => policies.has(id)).length >= least.policies, 'policy scenarios were compared');
  assert.ok(judged.filter(({ id }) => !policies.has(id)).length >= least.others, 'other scenarios were compared');
});
