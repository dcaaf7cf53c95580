import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { conformance } from './conformance.ts';
import type { Run } from './model.ts';
import { hostile } from './testing/hostile.ts';
import { sample } from './testing/sample.ts';

interface Level {
  result: string;
  statistics: Record<string, number>;
  failed?: string[];
  skipped?: string[];
  broken?: string[];
}
interface Report {
  implementation: { name: string; version: string };
  claim: string;
  profiles: { name: string; core: Level; extended?: Level; observed?: Record<string, string> }[];
}
const read = (run: Run) => parse(conformance(run)) as Report;
const onKind = (run: Run): Run => ({ ...run, cluster: { ...run.cluster, provider: 'kind' } });

test('profiles with core and extended, every failure and every skip named', () => {
  const { implementation, profiles } = read(sample());
  assert.deepEqual(implementation, { name: 'reference', version: '0.1.0' });
  assert.deepEqual(
    profiles.map(({ name }) => name),
    ['pods', 'services', 'policies', 'application', 'load'],
  );
  const [pods, services, policies] = profiles as [Report['profiles'][0], Report['profiles'][0], Report['profiles'][0]];
  assert.deepEqual(pods.core, { result: 'success', statistics: { passed: 10, failed: 0, skipped: 0, broken: 0 } });
  assert.equal(pods.extended?.result, 'partial');
  assert.deepEqual(pods.extended?.skipped, [
    'pods/pods-reach-pods/a-hostport-is-open-on-its-node: the CNI does not claim hostPort',
  ]);
  assert.equal(services.core.result, 'failure');
  assert.equal(services.core.broken?.length, 1);
  assert.equal(policies.core.failed?.length, 2);
  assert.deepEqual(policies.observed, {
    'policies/change/an-open-connection-when-a-policy-appears': 'the connection was cut 212 ms after the policy',
  });
});

test('a claim comes from a real cluster, a whole run and no fault on purpose', () => {
  const passing = onKind(sample({ mishaps: false }));
  assert.equal(read(passing).claim, 'the implementation passes what was run');
  assert.match(read(sample({ mishaps: false })).claim, /^none: embedded/);
  assert.match(read({ ...passing, interrupted: true }).claim, /^none: the run was interrupted/);
  assert.match(read({ ...passing, cni: { ...passing.cni, mutant: 'open-egress' } }).claim, /^none: .*on purpose/);
  assert.match(read(onKind(sample())).claim, /^none: something was broken/);
  const failed = sample();
  failed.scenarios = failed.scenarios.filter(({ status }) => status !== 'broken');
  failed.summary.broken = 0;
  assert.equal(read(onKind(failed)).claim, 'the implementation does not pass');
});

test('readable YAML whatever the texts are', () => {
  const nasty = '- : "#{}\u0000\n---\n!!js';
  assert.equal(read(hostile(nasty, nasty)).implementation.name, nasty);
});
