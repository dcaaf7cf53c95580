import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { hashOf } from './build.ts';
import { dockerfile } from './context.ts';
import { isPlugin, kubernetes, localReference, plans } from './plan.ts';

const plan = (name: string) => {
  const found = plans.find((each) => each.name === name);
  assert.ok(found, name);
  return found;
};

it('takes versions from the modules that pin them', () => {
  assert.match(kubernetes, /^v1\.\d+\.\d+$/);
  assert.deepEqual(plan('kube-apiserver').references, [`registry.k8s.io/kube-apiserver:${kubernetes}`]);
});

it('builds only programs that the table of Go modules has', () => {
  const script = readFileSync(`${import.meta.dirname}/../tools/table.sh`, 'utf8');
  for (const name of plans.flatMap(({ programs }) => programs)) {
    assert.match(script, new RegExp(`(^| )${name}( \\||\\))`, 'm'), name);
  }
});

it('makes every image that Pods of the suite, the control plane and ptp ask for', () => {
  const references = plans.flatMap(({ references }) => references);
  for (const wanted of ['docker.io/library/node:24', 'docker.io/library/postgres:17', 'registry.k8s.io/pause:3.10']) {
    assert.ok(references.includes(wanted), wanted);
  }
  const suite = readFileSync(`${import.meta.dirname}/../../../cli/suite.ts`, 'utf8');
  for (const [, image] of suite.matchAll(/^ {6}\w+: '(\S+:\S+)',$/gm)) {
    assert.ok(
      references.some((each) => each.endsWith(image ?? '')),
      image,
    );
  }
  assert.equal(new Set(references).size, references.length);
});

it('never takes an official name in the engine, where the official image may be', () => {
  for (const { name } of plans) assert.match(localReference(name), /^netvet\//);
});

it('puts what goes into the node image before it', () => {
  const names = plans.map(({ name }) => name);
  assert.deepEqual(names.slice(-2), ['loaded', 'node']);
  assert.equal(plan('node').from, 'loaded');
});

it('writes Dockerfiles from nothing, a root, or another image', () => {
  assert.match(dockerfile(plan('etcd'), false), /^FROM scratch\nCOPY files\/ \/\n/);
  assert.match(dockerfile(plan('postgres'), true), /^FROM scratch\nADD root\.tar \/\nCOPY files\/ \/\n/);
  assert.match(dockerfile(plan('node'), false), /^FROM netvet\/loaded:local\n/);
});

it('builds again what is made of something else, and what that is inside of', async () => {
  const before = await hashOf(plan('loaded'));
  assert.equal(await hashOf(plan('loaded')), before);
  assert.notEqual(await hashOf({ ...plan('k6'), settings: [] }), await hashOf(plan('k6')));
  const k6 = plan('k6');
  const settings = [...k6.settings];
  k6.settings.push('ENV MORE=1');
  try {
    assert.notEqual(await hashOf(plan('loaded')), before);
  } finally {
    k6.settings.splice(0, k6.settings.length, ...settings);
  }
  assert.ok(isPlugin('ptp') && !isPlugin('kubelet'));
});
