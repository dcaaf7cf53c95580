import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  cgroups,
  disk,
  type EngineFacts,
  engineVersion,
  type Finding,
  inotify,
  kernel,
  mayHaveSysResource,
  memory,
  proxy,
  rootless,
  sysResource,
} from './checks.ts';

const facts: EngineFacts = {
  host: 'unix:///var/run/docker.sock',
  ApiVersion: '1.51',
  ServerVersion: '29.1.0',
  MemTotal: 2 ** 35,
  CgroupVersion: '2',
  SecurityOptions: ['name=seccomp,profile=builtin'],
  DefaultRuntime: 'runc',
};
const gib = 2 ** 30;

it('finds nothing wrong with an ordinary machine', () => {
  const all = [
    engineVersion(facts),
    cgroups(facts),
    rootless(facts),
    sysResource(facts, true),
    inotify(8192, 524_288, 3),
    memory(16 * gib, 3),
    disk(50 * gib, '/var/lib/docker'),
    kernel([], true),
    proxy({}),
  ];
  for (const { level, remedy } of all) assert.deepEqual([level, remedy], ['good', undefined]);
});

const traps: [string, Finding, Finding['level'], RegExp][] = [
  ['an old engine', engineVersion({ ...facts, ApiVersion: '1.40' }), 'missing', /too old/],
  ['cgroup v1', cgroups({ ...facts, CgroupVersion: '1' }), 'limited', /version 1/],
  ['a rootless engine', rootless({ ...facts, SecurityOptions: ['name=rootless'] }), 'limited', /rootless/],
  ['a capability that is withheld', sysResource(facts, false), 'missing', /unable to apply caps/],
  ['the usual inotify limit', inotify(128, 524_288, 3), 'missing', /too many open files/],
  ['few inotify watches', inotify(8192, 8192, 3), 'limited', /watches/],
  ['little memory', memory(2 * gib, 3), 'limited', /2\.0 GiB available/],
  ['hardly any memory', memory(gib / 2, 3), 'missing', /0\.5 GiB available/],
  ['a small disk', disk(5 * gib, '/data'), 'limited', /5\.0 GiB free in \/data/],
  ['a full disk', disk(gib, '/data'), 'missing', /1\.0 GiB free/],
  ['a kernel that lacks things', kernel(['vxlan'], false), 'limited', /overlay, vxlan/],
  ['a proxy', proxy({ HTTPS_PROXY: 'http://proxy:3128' }), 'limited', /HTTPS_PROXY/],
];

for (const [trap, finding, level, pattern] of traps) {
  it(`names ${trap} in a sentence, with what to type`, () => {
    assert.equal(finding.level, level);
    assert.match(finding.found, pattern);
    assert.ok(finding.remedy);
  });
}

it('lets a proxy be that knows better, and an engine that does without the capability', () => {
  assert.equal(proxy({ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'localhost, 10.0.0.0/8' }).level, 'good');
  assert.equal(sysResource({ ...facts, DefaultRuntime: 'netvet' }, false).level, 'good');
});

it('reads the capability from a bounding set', () => {
  assert.ok(mayHaveSysResource('CapBnd:\t000001ffffffffff\n'));
  assert.ok(!mayHaveSysResource('CapPrm:\t000001ffffffffff\nCapBnd:\t000001fffeffffff\n'));
  assert.ok(!mayHaveSysResource(''));
});
