import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ScenarioName } from '../../report/index.ts';
import { packageRoot } from '../paths.ts';
import { assertJudged, scenariosWhere, without } from './judged.ts';
import { OwnMachine } from './leftovers.ts';
import { named, needsPolicy, runNetvet } from './results.ts';

/**
 * The CNI without policies has the whole suite in `npm run test:full` only: on it, most of what is more tells the same
 * again.
 */
const isWhole = process.env['NETVET_TEST_FULL'] !== undefined;
const withoutPolicies = isWhole ? 'not @load' : 'not @load and not @nodes and not @starts and not @more';

test('the reference CNI passes everything, and every report is there', async (t) => {
  const machine = await OwnMachine.start();
  t.after(() => machine.end());
  const { finished, run: result, read } = await runNetvet(['--cni', 'reference', '--tags', 'not @huge'], { machine });
  console.log(finished.stderr.slice(-1500));
  assert.deepEqual(named(result.scenarios, 'failed'), []);
  assert.deepEqual(named(result.scenarios, 'broken'), []);
  assert.equal(finished.exitCode, 0, finished.stderr);

  const areas = Map.groupBy(result.scenarios, ({ id }) => id.split('/')[0]);
  assert.deepEqual(new Set(areas.keys()), new Set(['application', 'load', 'nodes', 'pods', 'policies', 'services']));
  await assertJudged(result, without('@huge'));
  assert.equal(result.tags, 'not @huge');
  const huge = await scenariosWhere(({ tags }) => tags.includes('@huge'));
  assert.deepEqual(
    result.notRun?.map(({ id }) => id),
    huge.map(({ id }) => id),
  );

  const schema = JSON.parse(readFileSync(join(packageRoot, 'report/run.schema.json'), 'utf8'));
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  assert.ok(ajv.validate(schema, result), JSON.stringify(ajv.errors));
  assert.deepEqual(JSON.parse(finished.stdout.trim().split('\n').at(-1) as string), result.summary);
  assert.ok(read('messages.ndjson').includes('"testRunFinished"'));
  assert.ok(read('junit.xml').includes('<testsuites'));
  assert.ok(read('index.html').includes(result.cni.name));
  assert.deepEqual(await machine.left(), []);
});

/** What ptp and kube-proxy leave open besides. */
const openOnPtp = [
  // kube-proxy drops such packets only where it has itself had nodes route them
  'policies/attacks/what-a-node-serves-on-its-localhost-is-closed-to-its-pods',
  // whichever of the two kube-proxy comes to first
  'policies/attacks/a-clusterip-stays-its-service-s-when-another-service-names-it-as-an-external-address',
];

test('on a CNI without policies the policy scenarios fail, none is broken, and everything else passes', async () => {
  const { finished, run: result } = await runNetvet(['--cni', 'ptp', '--tags', withoutPolicies]);
  assert.equal(finished.exitCode, 1, finished.stderr);
  assert.deepEqual(named(result.scenarios, 'broken'), []);
  const judged = result.scenarios.filter(({ status }) => status !== 'skipped' && status !== 'observed');
  assert.deepEqual(
    named(
      judged.filter((each) => !needsPolicy(each) && !openOnPtp.includes(each.id)),
      'failed',
    ),
    [],
  );
  const passed = judged.filter((each) => needsPolicy(each) && each.status === 'passed').map(({ id }) => id);
  assert.deepEqual(passed, [], 'a policy scenario that passes without policies proves nothing');
  const isCore = ({ level }: Pick<ScenarioName, 'level'>) => level === 'core';
  const isMeant = isWhole ? without('@load') : without('@load', '@nodes', '@starts', '@more');
  await assertJudged(result, (each) => isCore(each) && isMeant(each));
});

test('repeated scenarios have one result each, with all their repeats', async () => {
  const {
    finished,
    run: result,
    read,
  } = await runNetvet(['--repeat', '2', '--profile', 'strict', '--tags', '@policies and @observed']);
  assert.equal(finished.exitCode, 3, finished.stderr);
  assert.match(finished.stderr, /^! Nothing was judged, which is no pass: \d+ observed$/m);
  assert.deepEqual(
    result.scenarios.map(({ status, repeats }) => [status, repeats?.map((each) => each.status)]),
    result.scenarios.map(() => ['observed', ['observed', 'observed']]),
  );
  await assertJudged(result, ({ tags, level }) => tags.includes('@policies') && level === 'observed');
  assert.equal(read('messages.ndjson').match(/"testRunFinished"/g)?.length, 1);
});
