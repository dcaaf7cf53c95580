/**
 * The suite on real kubelets, with the reference CNI, and what sets it apart from a CNI without policies: a chosen part
 * of it for every change, and the whole of it in `npm run test:full`. docs/kind.md says why these.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { prepare } from '../../clusters/kind/testing.ts';
import type { Comparison } from '../../report/compare/model.ts';
import type { ScenarioName } from '../../report/index.ts';
import type { Run } from '../../report/model.ts';
import { assertJudged, scenariosWhere, without } from './judged.ts';
import { netvet } from './netvet.ts';
import { named, needsPolicy } from './results.ts';

const directory = mkdtempSync(join(homedir(), '.netvet-kind-test-'));
const reference = join(directory, 'reference');
const parse = <T>(...path: string[]) => JSON.parse(readFileSync(join(directory, ...path), 'utf8')) as T;

const isWhole = process.env['NETVET_TEST_FULL'] !== undefined;

/**
 * Of the suite, on the reference CNI. @kubelet: what may end differently on an embedded cluster's kubelets than on real
 * ones.
 */
const suite = isWhole ? 'not @huge' : '@kubelet and not @more and not @huge';

/**
 * Of those, what is compared with ptp: what disturbs nodes, or measures, tells nothing more of a CNI without policies.
 */
const compared = `(${suite}) and not @load and not @nodes and not @disruptive and not @more and not @starts`;

/** The same, by the feature files. */
const isMeant = (each: Pick<ScenarioName, 'tags'>): boolean =>
  isWhole ? without('@huge')(each) : each.tags.includes('@kubelet') && without('@more', '@huge')(each);

before(prepare);
after(() => rmSync(directory, { recursive: true, force: true }));

test('the reference CNI passes everything on real kubelets', async () => {
  const args = ['run', '--cluster', 'kind', '--cni', 'reference', '--tags', suite, '--report', reference];
  // the whole takes some 20 minutes on two cores
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
  await assertJudged(run, isMeant);
});

test('compared with a CNI without policies, every policy scenario fails there, and nothing else differs', async () => {
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
  const isComparable = without('@load', '@nodes', '@disruptive', '@more', '@starts');
  const core = await scenariosWhere((each) => each.level === 'core' && isMeant(each) && isComparable(each));
  // what this cluster cannot show was skipped on both, for a reason that the test before knows
  const skipped = rows.filter(({ here }) => here === 'skipped').map(({ id }) => id);
  const known = new Set([...judged.map(({ id }) => id), ...skipped]);
  assert.deepEqual(
    core.filter(({ id }) => !known.has(id)).map(({ id }) => id),
    [],
    'every core scenario was compared',
  );
});
