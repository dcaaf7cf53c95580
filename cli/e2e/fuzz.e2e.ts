import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { named, runNetvet } from './results.ts';

test('generated cases pass on the reference CNI, each named by its seed', async () => {
  const { finished, run } = await runNetvet(['--fuzz', '6', '--seed', '1:20', '--parallel', '2']);
  assert.equal(finished.exitCode, 0, finished.stderr);
  assert.deepEqual(
    run.scenarios.map(({ name, area, status }) => `${area} ${name} ${status}`),
    Array.from({ length: 6 }, (_, i) => `fuzz seed 1:${20 + i} passed`),
  );
  assert.ok(run.scenarios.every(({ measurements }) => measurements.some(({ name }) => name === 'convergence')));
});

test('without policies they fail, and the first failure comes as the smallest YAML that still fails', async () => {
  const { finished, run } = await runNetvet(['--fuzz', '2', '--seed', '1:1', '--parallel', '1', '--cni', 'ptp']);
  assert.equal(finished.exitCode, 1, finished.stderr);
  assert.deepEqual(named(run.scenarios, 'broken'), []);
  const errors = run.scenarios.flatMap(({ steps }) => (steps ?? []).flatMap(({ error }) => error ?? []));
  const [small] = errors.filter((error) => error.includes('smallest case'));
  assert.ok(small, errors.join('\n'));
  assert.match(small, /should be denied, and was allowed; .*generated-1 isolates/);
  const objects = parseAllDocuments(small.split('As YAML:\n')[1] as string).map((document) => document.toJS());
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
  assert.equal(policies.length, 1, small);
  assert.ok(finished.stderr.includes(small.split('\n')[1] as string), 'a terminal has it too');
});
