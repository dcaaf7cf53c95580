import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { conformance } from './conformance.ts';
import type { NotRun, Profile, Run, Scenario } from './model.ts';
import { sample } from './testing/sample.ts';
import { hostile } from './testing/variants.ts';

interface Level {
  result: string;
  statistics: Record<string, number | string>;
  failed?: string[];
  skipped?: string[];
  broken?: string[];
  notRun?: string[];
}
interface Report {
  implementation: { name: string; version: string };
  claim: string;
  command: string;
  tags?: string;
  profile?: string;
  profiles: { name: string; core: Level; extended?: Level; observed?: Record<string, string> }[];
}
const strict: Profile = {
  name: 'strict',
  changeMs: 10_000,
  attemptMs: { least: 500, most: 5_000 },
  gapMs: { attempts: 5_000, pages: 3_000 },
  limits: [],
};
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
  assert.deepEqual(pods.core, {
    result: 'success',
    statistics: { passed: 10, failed: 0, skipped: 0, broken: 0, notRun: 0 },
  });
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
  assert.equal(read(passing).claim, 'the implementation passes all 54 core scenarios');
  assert.match(read(sample({ mishaps: false })).claim, /^none: embedded/);
  assert.match(read({ ...passing, interrupted: true }).claim, /^none: the run was interrupted/);
  assert.match(read({ ...passing, cni: { ...passing.cni, mutant: 'open-egress' } }).claim, /^none: .*on purpose/);
  assert.match(read(onKind(sample())).claim, /^none: something was broken/);
  const failed = sample();
  failed.scenarios = failed.scenarios.filter(({ status }) => status !== 'broken');
  failed.summary.broken = 0;
  assert.equal(read(onKind(failed)).claim, 'the implementation does not pass');
});

test('a part of the suite is never a success: what was not run is counted and named', () => {
  const whole = onKind({ ...sample({ mishaps: false }), profile: strict });
  const all = read(whole).profiles;
  assert.deepEqual(new Set(all.map(({ core }) => core.result)), new Set(['success']));
  const isPods = ({ area }: { area?: string }) => area === 'pods';
  const [gone, ...others] = whole.scenarios.filter((each) => isPods(each) && each.level === 'core');
  const cut = whole.scenarios.find(({ area, level }) => area === 'services' && level === 'core') as Scenario;
  const notRun = (scenario: Scenario | undefined): NotRun => ({
    id: scenario?.id ?? '',
    area: scenario?.area ?? '',
    level: scenario?.level ?? 'core',
  });
  const part: Run = {
    ...whole,
    tags: '@part',
    scenarios: whole.scenarios.filter((each) => each !== gone && each !== cut),
    notRun: [
      notRun(gone),
      { ...notRun(cut), selected: true },
      { id: 'dns/names/a', area: 'dns', level: 'core' },
      { id: 'dns/names/b', area: 'dns', level: 'extended' },
    ],
  };
  const report = read(part);
  assert.deepEqual(
    [report.tags, report.command, report.profile],
    ['@part', 'netvet run --cluster embedded --cni reference --nodes 3', 'strict'],
  );
  const of = (name: string) => report.profiles.find((each) => each.name === name);
  assert.deepEqual(of('pods')?.core, {
    result: 'partial',
    statistics: { passed: others.length, failed: 0, skipped: 0, broken: 0, notRun: 1 },
    notRun: [gone?.id],
  });
  assert.deepEqual(of('services')?.core.notRun, [`${cut.id}: the run ended before it had`]);
  const none = { passed: 0, failed: 0, skipped: 0, broken: 0, notRun: 1 };
  assert.deepEqual(of('dns'), {
    name: 'dns',
    core: { result: 'none', statistics: none, notRun: ['dns/names/a'] },
    extended: { result: 'none', statistics: none, notRun: ['dns/names/b'] },
  });
  assert.equal(of('policies')?.core.result, 'success', 'what has all its core scenarios');
  assert.equal(report.claim, 'the implementation passes a part of the core scenarios, 52 of 55');
});

test('where it is not known what else there is, nothing is a success', () => {
  const { tags: _, notRun: __, ...old } = onKind(sample({ mishaps: false }));
  for (const run of [old, { ...old, notRun: [] }]) {
    const { claim, profiles } = read(run);
    assert.equal(claim, 'the implementation passes a part of the core scenarios, 54');
    for (const { core } of profiles) assert.deepEqual([core.result, core.statistics['notRun']], ['partial', 'unknown']);
  }
});

test('readable YAML whatever the texts are', () => {
  const nasty = '- : "#{}\u0000\n---\n!!js';
  assert.equal(read(hostile(nasty, nasty)).implementation.name, nasty);
});
