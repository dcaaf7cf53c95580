import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { OwnImages } from '../offline/images/cni.ts';
import { release as antrea } from './antrea.ts';
import { release as calico } from './calico.ts';
import { release as flannel } from './flannel.ts';
import { cniNames, findCni } from './index.ts';
import { release as kubeRouter } from './kube-router.ts';
import { containers, imagesOf, parseManifest, renameImage, setEnvironment } from './manifest.ts';
import { applied, objectsOf } from './released.ts';
import { fetchSource } from './source.ts';

const folder = mkdtempSync(join(tmpdir(), 'netvet-sources-'));
after(() => rmSync(folder, { recursive: true, force: true }));

describe('releases, as they are published', () => {
  for (const release of [flannel, calico, kubeRouter, antrea]) {
    const { name, version } = release;
    test(`${name} ${version}: the images and the DaemonSet are those of its manifest`, async (context) => {
      const missing = await fetchSource(release.source).then(
        () => undefined,
        (error: Error) => error.message,
      );
      // another checksum is a fault here; an address that cannot be reached is not
      if (missing !== undefined) {
        assert.doesNotMatch(missing, /not the one that is pinned/);
        return context.skip(missing);
      }
      const objects = await objectsOf(release);
      assert.deepEqual(imagesOf(objects).toSorted(), release.images.toSorted());
      const { name, namespace } = release.daemonSet;
      const set = objects.find(({ kind, metadata }) => kind === 'DaemonSet' && metadata.name === name);
      assert.equal(set?.metadata.namespace, namespace);
      // what names no namespace where there has to be one would land somewhere else
      for (const { kind, metadata } of objects)
        if (['ServiceAccount', 'ConfigMap', 'Deployment', 'DaemonSet', 'Service'].includes(kind))
          assert.ok(metadata.namespace, `${kind} ${metadata.name}`);
    });
  }

  test('flannel and Calico are told the range that Pods have here', async (context) => {
    const text = JSON.stringify(await objectsOf(flannel).catch((error: Error) => context.skip(error.message)));
    assert.match(text ?? '', /10\.244\.0\.0\/16/);
    const objects = await objectsOf(calico).catch((error: Error) => context.skip(error.message));
    const node = containers(objects ?? []).find(({ name }) => name === 'calico-node');
    if (objects) assert.equal(node?.env?.find(({ name }) => name === 'CALICO_IPV4POOL_CIDR')?.value, '10.244.0.0/16');
  });

  test('every CNI says whether it has been run, what it wants of kube-proxy, and which images it needs', async () => {
    for (const name of cniNames) {
      const cni = await findCni(name);
      assert.equal(cni.name, name);
      assert.match(cni.runs, /^here$|^not here: \w/);
      for (const image of cni.images) assert.match(image, /^[a-z0-9./-]+:[\w.-]+$/, `${name}: ${image}`);
      assert.ok(Object.values(cni.diagnostics()).every((argv) => argv.length > 0));
    }
  });
});

test('an installation of which one part fails is over when all its parts are, and says what failed', async () => {
  const kubeconfig = join(folder, 'kubeconfig');
  const clusters = [{ name: 'c', cluster: { server: 'http://127.0.0.1:1' } }];
  const contexts = [{ name: 'c', context: { cluster: 'c', user: 'u' } }];
  const config = { apiVersion: 'v1', kind: 'Config', 'current-context': 'c', clusters, contexts };
  writeFileSync(kubeconfig, JSON.stringify({ ...config, users: [{ name: 'u', user: {} }] }));
  const failed = Promise.withResolvers<void>();
  let loaded = false;
  const load = async () => {
    await failed.promise;
    loaded = true;
    return false;
  };
  const cni = applied({
    ...{ name: 'x', version: 'v1', programs: [], images: [], kubeProxy: 'none', runs: 'here', diagnostics: {} },
    daemonSet: { name: 'x' },
    ownImages: { load } as unknown as OwnImages,
    before: async () => {
      setImmediate(failed.resolve);
      throw new Error('no such node');
    },
    objects: async () => assert.fail('nothing is applied'),
  });
  const cluster = { name: 'c', provider: 'existing' as const, kubeconfig, delete: async () => {} };
  await assert.rejects(cni.install(cluster), /^Error: no such node$/);
  assert.ok(loaded);
});

const manifest = `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: a, namespace: kube-system }
spec:
  template:
    spec:
      initContainers: [{ name: init, image: one/two }]
      containers:
        - { name: main, image: 'registry.test:5000/x:1', env: [{ name: A, value: old }, { name: B, value: kept }] }
---
# nothing
---
apiVersion: v1
kind: List
items: [{ apiVersion: v1, kind: ConfigMap, metadata: { name: c } }]
`;

test('a manifest is read, changed where it is asked for, and refused where it is not what was expected', () => {
  const objects = parseManifest(manifest);
  assert.deepEqual(
    objects.map(({ kind }) => kind),
    ['DaemonSet', 'ConfigMap'],
  );
  assert.deepEqual(imagesOf(objects), ['docker.io/one/two:latest', 'registry.test:5000/x:1']);
  setEnvironment(objects, 'main', { A: 'new', C: 'c' });
  assert.deepEqual(containers(objects)[1]?.env, [
    { name: 'B', value: 'kept' },
    { name: 'A', value: 'new' },
    { name: 'C', value: 'c' },
  ]);
  renameImage(objects, 'one/two', 'one/two:v1');
  assert.equal(containers(objects)[0]?.image, 'one/two:v1');
  assert.throws(() => renameImage(objects, 'other', 'x'), /no image other/);
  assert.throws(() => setEnvironment(objects, 'other', {}), /no container other/);
  assert.throws(() => parseManifest('a: [1'), /cannot be read/);
});

test('a file is fetched once, and only the one that is pinned', async () => {
  const text = 'kind: List\n';
  const pinned = '7cbdb9b7ad2eac31d3a4b4aee4ee9b76ab3a4f9ed6b6b7d3a6ab5ed9b7b4a6f5';
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    response.statusCode = request.url === '/gone.yaml' ? 404 : 200;
    response.end(text);
  }).listen(0, '127.0.0.1');
  const before = process.env['XDG_CACHE_HOME'];
  let address = '';
  process.env['XDG_CACHE_HOME'] = folder;
  try {
    await new Promise((resolve) => server.once('listening', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { createHash } = await import('node:crypto');
    const sha256 = createHash('sha256').update(text).digest('hex');
    await assert.rejects(fetchSource({ url: `${address}/a.yaml`, sha256: pinned }), /is not the one that is pinned/);
    await assert.rejects(fetchSource({ url: `${address}/gone.yaml`, sha256 }), /404/);
    const file = await fetchSource({ url: `${address}/a.yaml`, sha256 });
    const known = asked;
    assert.equal(await fetchSource({ url: `${address}/a.yaml`, sha256 }), file);
    assert.equal(asked, known);
    // one that was tampered with is not believed
    writeFileSync(file, 'kind: Evil\n');
    await fetchSource({ url: `${address}/a.yaml`, sha256 });
    assert.equal(asked, known + 1);
  } finally {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await assert.rejects(fetchSource({ url: `${address}/b.yaml`, sha256: pinned }), /cannot be fetched: \w/);
});

test('a module with another checksum is refused', async (context) => {
  const { source } = flannel;
  const missing = await fetchSource(source).then(
    () => undefined,
    (error: Error) => error.message,
  );
  if (missing !== undefined) return context.skip(missing);
  await assert.rejects(fetchSource({ ...source, sum: 'h1:other=' }), /is not the one that is pinned/);
});
