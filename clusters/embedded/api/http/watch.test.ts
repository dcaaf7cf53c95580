import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { KubeObject } from '../../objects.ts';
import { configMap, pod, type Rig, startRig } from '../testing.ts';

interface Event {
  type: string;
  object: KubeObject;
}

/** Opens a watch. `next` waits for its next event, undefined at its end. */
async function open(t: TestContext, { server }: Rig, path: string, headers: Record<string, string> = {}) {
  const leaving = new AbortController();
  t.after(() => leaving.abort());
  const response = await fetch(`${server.url}${path}`, { signal: leaving.signal, headers });
  const decoder = new TextDecoder();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  const next = async (): Promise<Event | undefined> => {
    for (let end = text.indexOf('\n'); end === -1; end = text.indexOf('\n')) {
      const { done, value } = await reader.read();
      if (done) return undefined;
      text += decoder.decode(value, { stream: true });
    }
    const [line = '', ...rest] = text.split('\n');
    text = rest.join('\n');
    return JSON.parse(line) as Event;
  };
  const named = async () => {
    const event = await next();
    return event && `${event.type} ${event.object.metadata?.name}`;
  };
  return { code: response.status, next, named, leave: () => leaving.abort() };
}

const configMaps = '/api/v1/namespaces/default/configmaps';

test('without a resourceVersion a watch begins with what is there', async (t) => {
  const rig = await startRig(t);
  rig.store.create(configMap('a'));
  const watch = await open(t, rig, `${configMaps}?watch=1`);
  assert.equal(await watch.named(), 'ADDED a');
  rig.store.create(configMap('b'));
  rig.store.update(configMap('b', { data: { x: 'y' } }));
  rig.store.delete('ConfigMap', 'default', 'b');
  rig.store.create({ ...configMap('c'), metadata: { name: 'c', namespace: 'kube-system' } });
  rig.store.create(configMap('d'));
  for (const wanted of ['ADDED b', 'MODIFIED b', 'DELETED b', 'ADDED d']) assert.equal(await watch.named(), wanted);
});

test('with the resourceVersion of a list it misses nothing and repeats nothing', async (t) => {
  const rig = await startRig(t);
  rig.store.create(configMap('a'));
  const { body } = await rig.ask('GET', configMaps);
  rig.store.create(configMap('b'));
  rig.store.delete('ConfigMap', 'default', 'a');
  const watch = await open(t, rig, `${configMaps}?watch=true&resourceVersion=${body.metadata.resourceVersion}`);
  assert.equal(await watch.named(), 'ADDED b');
  const last = await watch.next();
  assert.deepEqual([last?.type, last?.object.metadata.name], ['DELETED', 'a']);
  assert.equal(last?.object.metadata.resourceVersion, String(rig.store.revision()), 'the revision of its end');
});

test('an object that comes to match a selector is added, and one that no longer does is deleted', async (t) => {
  const rig = await startRig(t);
  const label = (value: string) => rig.store.patch('Pod', 'default', 'a', { metadata: { labels: { app: value } } });
  rig.store.create(pod('a'));
  const watch = await open(t, rig, '/api/v1/pods?watch=1&labelSelector=app%3Dweb&fieldSelector=spec.nodeName%3Dnode1');
  label('other');
  label('web');
  rig.store.patch('Pod', 'default', 'a', { status: { phase: 'Running' } }, 'status');
  label('other');
  label('web');
  rig.store.delete('Pod', 'default', 'a', { gracePeriodSeconds: 0 });
  for (const wanted of ['ADDED a', 'MODIFIED a', 'DELETED a', 'ADDED a', 'DELETED a'])
    assert.equal(await watch.named(), wanted);
});

test('a watch list sends everything, then a bookmark that says so', async (t) => {
  const rig = await startRig(t);
  rig.store.create(configMap('a'));
  const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
  const watch = await open(t, rig, `${configMaps}?${query}`);
  assert.equal(await watch.named(), 'ADDED a');
  const { type, object } = (await watch.next()) as Event;
  assert.deepEqual(
    [type, object.kind, object.metadata.resourceVersion],
    ['BOOKMARK', 'ConfigMap', String(rig.store.revision())],
  );
  assert.deepEqual(object.metadata.annotations, { 'k8s.io/initial-events-end': 'true' });
  assert.equal((await rig.ask('GET', `${configMaps}?watch=1&sendInitialEvents=true`)).code, 422);
});

test('a revision that is forgotten, or of another server, is 410; a watch ends in time with a bookmark', async (t) => {
  const rig = await startRig(t);
  const unknown = await rig.ask('GET', `${configMaps}?watch=1&resourceVersion=99999`);
  assert.deepEqual([unknown.code, unknown.body['reason']], [410, 'Expired']);
  for (let count = 0; count < 9000; count += 1) rig.store.update({ ...configMap('a'), ...changed(rig, count) });
  const watch = await open(t, rig, `${configMaps}?watch=1&resourceVersion=5`);
  const { type, object } = (await watch.next()) as Event;
  assert.deepEqual([watch.code, type, object['code']], [200, 'ERROR', 410]);
  assert.equal(await watch.next(), undefined);
  const short = await open(t, rig, `${configMaps}?watch=1&timeoutSeconds=1&allowWatchBookmarks=1`);
  assert.equal((await short.next())?.type, 'ADDED');
  assert.equal((await short.next())?.type, 'BOOKMARK');
  assert.equal(await short.next(), undefined);
});

function changed({ store }: Rig, count: number): object {
  if (count === 0) store.create(configMap('a'));
  return { data: { count: String(count) } };
}

test('what is watched as a table comes as rows', async (t) => {
  const rig = await startRig(t);
  rig.store.create(configMap('a', { data: { x: 'y' } }));
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
  const watch = await open(t, rig, `${configMaps}?watch=1`, { Accept: accept });
  const { object } = (await watch.next()) as Event;
  assert.deepEqual([object.kind, object['rows'][0].cells.slice(0, 2)], ['Table', ['a', 1]]);
});

test('a client that leaves is forgotten, and one that does not read is let go', async (t) => {
  const rig = await startRig(t);
  const watch = await open(t, rig, `${configMaps}?watch=1&resourceVersion=1`);
  watch.leave();
  const idle = await open(t, rig, `${configMaps}?watch=1&resourceVersion=${rig.store.revision()}`);
  rig.store.create(configMap('a'));
  for (let count = 0; count < 200; count += 1) {
    rig.store.update(configMap('a', { data: { x: `${count}${'x'.repeat(500_000)}` } }));
    // the server writes from microtasks, and the kernel takes it from there
    await new Promise((resolve) => setImmediate(resolve));
  }
  await assert.rejects(async () => {
    for (let event = await idle.next(); event; event = await idle.next());
    throw new Error('it ended as if nothing had happened');
  }, /terminated/);
});

test('closing the server ends its watches', async (t) => {
  const rig = await startRig(t);
  const watch = await open(t, rig, `${configMaps}?watch=1`);
  await rig.server.close();
  await assert.rejects(watch.next());
});
