import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { hashOf } from './build.ts';
import { wantedImage } from '../../kind/node-image/index.ts';
import { dockerfile } from './context.ts';
import { officialImage } from '../../kind/node-image/official.ts';
import { isPlugin, kubernetes, localReference, nodeImage, plans } from './plan.ts';

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

it('prefers what was named, then what was built, then what kind publishes', () => {
  assert.equal(wantedImage({ image: 'mine:1', kubernetes: '1.35' }, true), 'mine:1');
  assert.equal(wantedImage({}, true), nodeImage);
  assert.equal(wantedImage({ kubernetes: kubernetes.slice(1) }, true), nodeImage);
  assert.equal(wantedImage({ kubernetes: '1.34' }, true), nodeImage);
  assert.match(wantedImage({ kubernetes: '1.34' }, false), /^kindest\/node:v1\.34\.11@sha256:[0-9a-f]{64}$/);
  assert.match(wantedImage({ kubernetes: 'v1.35.0' }, true), /^kindest\/node:v1\.35\.0@sha256:/);
  assert.match(wantedImage({ registry: 'mirror:5000/' }, false), /^mirror:5000\/kindest\/node:v1\.34/);
});

it('says which published versions there are when asked for another', () => {
  assert.throws(() => officialImage('1.3'), /1\.34\.0, 1\.34\.11, 1\.35\.0/);
});
