import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { KubeObject } from '../../objects.ts';
import { resources } from '../resources.ts';
import { configMap, pod, startRig } from '../testing.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const pods = '/api/v1/namespaces/default/pods';

test('what is not there, not served or not meant that way is refused as the real server refuses it', async (t) => {
  const { ask, store } = await startRig(t);
  store.create(configMap('a'));
  const refusals: [number, string, string, unknown?, Record<string, string>?][] = [
    [404, 'GET', '/nosuch'],
    [404, 'GET', '/api/v1/nosuch'],
    [404, 'GET', '/apis/nosuch/v1/pods'],
    [404, 'GET', '/apis/apps/v2/deployments'],
    [404, 'GET', `${configMaps}/a/status`],
    [404, 'GET', `${configMaps}/missing`],
    [404, 'GET', '/api/v1/configmaps/a'],
    [404, 'POST', '/api/v1/namespaces/nowhere/configmaps', configMap('a', { metadata: { name: 'a' } })],
    [405, 'POST', '/api/v1/configmaps', configMap('b')],
    [405, 'PUT', configMaps, configMap('a')],
    [405, 'DELETE', configMaps],
    [406, 'GET', configMaps, undefined, { Accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' }],
    [405, 'POST', `${configMaps}/a`, configMap('a')],
    [400, 'GET', '/api/v1/%zz'],
    [400, 'GET', `${configMaps}?labelSelector=a%20b`],
    [400, 'GET', `${configMaps}?fieldSelector=data=x`],
    [400, 'GET', `${configMaps}?resourceVersion=x`],
    [504, 'GET', `${configMaps}?resourceVersion=999999`],
    [400, 'POST', configMaps, 'garbage{'],
    [400, 'POST', configMaps, '[]'],
    [400, 'POST', configMaps, '"text"'],
    [400, 'POST', configMaps, ''],
    [400, 'POST', configMaps, configMap('x', { metadata: { name: 'x', namespace: 'other' } })],
    [400, 'PUT', `${configMaps}/a`, configMap('b')],
    [400, 'POST', `${configMaps}?dryRun=Some`, configMap('b')],
    [413, 'POST', configMaps, configMap('b', { data: { a: 'x'.repeat(4 * 1024 * 1024) } })],
    [415, 'POST', configMaps, 'x', { 'Content-Type': 'text/plain' }],
    [415, 'PATCH', `${configMaps}/a`, {}, { 'Content-Type': 'application/json' }],
    [406, 'GET', configMaps, undefined, { Accept: 'application/xml' }],
    [409, 'POST', configMaps, configMap('a')],
    [409, 'DELETE', `${configMaps}/a`, { preconditions: { uid: 'other' } }],
    [409, 'DELETE', `${configMaps}/a`, { preconditions: { resourceVersion: '1' } }],
    [400, 'GET', `${pods}/x/exec`],
  ];
  for (const [code, method, path, body, headers] of refusals) {
    const { code: got, body: status } = await ask(method, path, body, headers);
    const what = `${method} ${path}: ${JSON.stringify(status)}`;
    assert.equal(got, code, what);
    assert.deepEqual([status.kind, status['code'], status['status']], ['Status', code, 'Failure'], what);
  }
});

test('a list in pages is of the state that its first page was of, for as long as that is known', async (t) => {
  const { ask, store } = await startRig(t);
  for (const name of ['a', 'b', 'c', 'd', 'e']) store.create(configMap(name));
  const page = async (query: string) => {
    const { code, body } = await ask('GET', `${configMaps}?limit=2&${query}`);
    const next = `continue=${String(body.metadata['continue'])}`;
    return { code, names: body['items']?.map(({ metadata }: KubeObject) => metadata.name), meta: body.metadata, next };
  };
  const first = await page('');
  assert.deepEqual([first.names, first.meta['remainingItemCount']], [['a', 'b'], 3]);
  store.create(configMap('aa'));
  store.delete('ConfigMap', 'default', 'c');
  store.update(configMap('d', { data: { changed: 'yes' } }));
  const second = await page(first.next);
  assert.deepEqual([second.names, second.meta['remainingItemCount']], [['c', 'd'], 1]);
  const last = await page(second.next);
  assert.deepEqual([last.names, last.meta['continue']], [['e'], undefined]);
  assert.equal(last.meta.resourceVersion, first.meta.resourceVersion);
  assert.deepEqual((await page('resourceVersion=0')).names, ['a', 'aa', 'b', 'd', 'e']);
  assert.equal((await page('continue=nonsense')).code, 400);
  assert.equal((await page('labelSelector=!x')).meta['remainingItemCount'], undefined);
  for (let index = 0; index < 9000; index += 1) store.update(configMap('a', { data: { index: `${index}` } }));
  assert.equal((await page(first.next)).code, 410);
});

test('it says that it is well, and what it is', async (t) => {
  const { ask } = await startRig(t);
  for (const path of ['/healthz', '/livez', '/readyz']) assert.equal((await ask('GET', path)).body, 'ok');
  assert.match((await ask('GET', '/version')).body['gitVersion'], /^v1\.34\.\d+\+embedded$/);
});

test('every kind of the table is found by discovery, and listed', async (t) => {
  const { ask } = await startRig(t);
  const { body: groups } = await ask('GET', '/apis');
  const paths = ['/api/v1', ...groups['groups'].flatMap((each: { name: string }) => `/apis/${each.name}/v1`)];
  let listed = 0;
  for (const path of paths)
    for (const { name, verbs } of (await ask('GET', path)).body['resources']) {
      if (!verbs.includes('list')) continue;
      const { code, body } = await ask('GET', `${path}/${name}`);
      assert.deepEqual([code, Array.isArray(body['items'])], [200, true], name);
      listed += 1;
    }
  assert.equal(listed, resources.length);
});

test('objects come as YAML too, and unknown fields are warned of or refused as asked', async (t) => {
  const { ask } = await startRig(t);
  const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: y\ndata:\n  a: "1"\n';
  const made = await ask('POST', configMaps, yaml, { 'Content-Type': 'application/yaml' });
  assert.deepEqual([made.code, made.body['data']], [201, { a: '1' }]);
  const odd = configMap('odd', { dataa: {} });
  const warned = await ask('POST', `${configMaps}?dryRun=All`, odd);
  assert.equal(warned.headers.get('warning'), '299 - "unknown field \\"dataa\\""');
  assert.equal(warned.body['dataa'], undefined);
  assert.equal((await ask('POST', `${configMaps}?fieldValidation=Strict`, odd)).code, 400);
  const ignored = await ask('POST', `${configMaps}?fieldValidation=Ignore`, odd);
  assert.deepEqual([ignored.code, ignored.headers.get('warning')], [201, null]);
});

test('a list leaves out what it says once', async (t) => {
  const { ask, store } = await startRig(t);
  store.create(configMap('a', { data: { x: 'y' } }));
  const { body } = await ask('GET', configMaps);
  assert.deepEqual([body.kind, body.metadata.resourceVersion], ['ConfigMapList', String(store.revision())]);
  assert.deepEqual(Object.keys(body['items'][0]), ['metadata', 'data']);
});

test('deleting answers with the object while it waits, and with a Status when it is gone', async (t) => {
  const { ask, store } = await startRig(t);
  store.create(pod('a', { nodeName: 'node1', terminationGracePeriodSeconds: 5 }));
  const waiting = await ask('DELETE', `${pods}/a`);
  assert.deepEqual([waiting.body.kind, waiting.body.metadata.deletionGracePeriodSeconds], ['Pod', 5]);
  const gone = await ask('DELETE', `${pods}/a?gracePeriodSeconds=0`);
  assert.deepEqual([gone.code, store.get('Pod', 'default', 'a')], [200, undefined]);
  const made = store.create(configMap('a'));
  const { body } = await ask('DELETE', `${configMaps}/a`);
  assert.deepEqual(body['details'], { name: 'a', kind: 'configmaps', uid: made.metadata.uid });
});

test('a client cannot put a Pod on a node, and ends one by evicting it', async (t) => {
  const { ask, store } = await startRig(t);
  store.create(pod('a', {}));
  const merge = { 'Content-Type': 'application/merge-patch+json' };
  assert.equal((await ask('PATCH', `${pods}/a`, { spec: { nodeName: 'node1' } }, merge)).code, 422);
  store.update(pod('a'));
  assert.equal((await ask('POST', `${pods}/a/eviction`, { kind: 'Eviction', metadata: { name: 'a' } })).code, 201);
  assert.ok(store.get('Pod', 'default', 'a')?.metadata.deletionTimestamp);
});

test('a Namespace goes when a client finalizes it', async (t) => {
  const { ask, store } = await startRig(t);
  await ask('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } });
  const merge = { 'Content-Type': 'application/merge-patch+json' };
  await ask('PATCH', '/api/v1/namespaces/shop', { spec: { finalizers: [] } }, merge);
  const { body } = await ask('DELETE', '/api/v1/namespaces/shop');
  assert.deepEqual([body['status'].phase, body['spec'].finalizers], ['Terminating', ['kubernetes']]);
  await ask('PUT', '/api/v1/namespaces/shop/finalize', { ...body, spec: { finalizers: [] } });
  assert.equal(store.get('Namespace', undefined, 'shop'), undefined);
});

test('reviews find that everything is allowed', async (t) => {
  const { ask } = await startRig(t);
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const { code, body } = await ask('POST', path, { kind: 'SelfSubjectAccessReview', spec: {} });
  assert.deepEqual([code, body['status'].allowed], [201, true]);
  // client-node's bodies say no kind, and a real API server takes it from the path
  const plain = await ask('POST', path, { spec: {} });
  assert.deepEqual([plain.code, plain.body['kind']], [201, 'SelfSubjectAccessReview']);
  assert.equal((await ask('POST', path, { kind: 'TokenReview', spec: {} })).code, 400);
});

test('logs are passed on, refused while they can be, and followed until the client leaves', async (t) => {
  const { ask, store, kubelet, server } = await startRig(t);
  store.create(pod('a'));
  store.create(pod('waiting', {}));
  store.create(pod('elsewhere', { nodeName: 'node2' }));
  assert.equal((await ask('GET', `${pods}/a/log?tailLines=5&timestamps=true`)).body, 'first\nlast\n');
  assert.match(kubelet.seen[0] as string, /^logs a\/main .*"timestamps":true,"tailLines":5/);
  assert.equal((await ask('GET', `${pods}/waiting/log`)).body, '');
  for (const [path, code, message] of [
    ['a/log?previous=true', 400, /previous terminated container/],
    ['a/log?container=other', 400, /^container other is not valid for pod a$/],
    ['a/log?tailLines=x', 400, /tailLines/],
    ['missing/log', 404, /^pods "missing" not found$/],
    ['elsewhere/log', 500, /no kubelet answers on node node2/],
  ] as const) {
    const { code: got, body } = await ask('GET', `${pods}/${path}`);
    assert.equal(got, code, path);
    assert.match(body['message'], message);
  }
  const leaving = new AbortController();
  const response = await fetch(`${server.url}${pods}/a/log?follow=true`, { signal: leaving.signal });
  const reader = response.body?.getReader();
  let text = '';
  while (!text.includes('more')) text += new TextDecoder().decode((await reader?.read())?.value);
  leaving.abort();
  while (!kubelet.seen.includes('aborted')) await new Promise((resolve) => setTimeout(resolve, 5));
});

test('an error of the server itself is one, and ends nothing else', async (t) => {
  const { ask, store } = await startRig(t);
  t.mock.method(store, 'listAt', () => {
    throw new TypeError('a fault');
  });
  const { code, body } = await ask('GET', configMaps);
  assert.deepEqual([code, body['reason']], [500, 'InternalError']);
  t.mock.restoreAll();
  assert.equal((await ask('GET', configMaps)).code, 200);
});

test('a client that leaves in the middle of its request harms nobody', async (t) => {
  const { ask, server } = await startRig(t);
  const socket = connect(server.port, '127.0.0.1');
  socket.write(`POST ${configMaps} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"meta`);
  await new Promise((resolve) => socket.once('ready', resolve));
  socket.resetAndDestroy();
  const garbage = connect(server.port, '127.0.0.1');
  garbage.write('\0\0\0 what is this\r\n\r\n');
  garbage.resume();
  await new Promise((resolve) => garbage.once('close', resolve));
  assert.equal((await ask('GET', configMaps)).code, 200);
});

test('an object that lacks what a column shows is shown all the same', async (t) => {
  const { ask, store } = await startRig(t);
  store.create({ apiVersion: 'v1', kind: 'Event', metadata: { name: 'odd', namespace: 'default' } });
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  const { body } = await ask('GET', '/api/v1/events', undefined, { Accept: accept });
  assert.equal(body['rows'][0].cells[3], '<unknown>');
});
