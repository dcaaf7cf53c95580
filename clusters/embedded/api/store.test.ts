import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { ApiError, Change, KubeObject } from '../objects.ts';
import { createStore } from './store.ts';

const configMap = (name: string, extra: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  ...extra,
});

const pod = (name: string, spec: object = {}, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', ...metadata },
  spec: { containers: [{ name: 'main', image: 'node:24' }], ...spec },
});

const refusal = (code: number, message?: string | RegExp) => (error: ApiError) => {
  assert.equal(error.code, code, error.message);
  if (typeof message === 'string') assert.equal(error.message, message);
  else if (message) assert.match(error.message, message);
  return true;
};

test('a new object gets what the server decides', () => {
  const store = createStore();
  const made = store.create(
    configMap('a', { data: { x: '1' }, metadata: { name: 'a', namespace: 'default', uid: 'mine', generation: 7 } }),
  );
  assert.match(made.metadata.uid as string, /^[0-9a-f-]{36}$/);
  assert.match(made.metadata.creationTimestamp as string, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.equal(made.metadata.resourceVersion, String(store.revision()));
  assert.equal(made.metadata.generation, undefined);
  assert.equal(store.get('ConfigMap', 'default', 'a'), made);
  assert.throws(() => store.create(configMap('a')), refusal(409, 'configmaps "a" already exists'));
  assert.throws(
    () => store.create({ ...configMap('b'), metadata: { name: 'b', namespace: 'nowhere' } }),
    refusal(404, 'namespaces "nowhere" not found'),
  );
});

test('what the store hands out cannot be changed, and what it was given can', () => {
  const store = createStore();
  const given = configMap('a', { data: { x: '1' } });
  const made = store.create(given);
  given['data'].x = '2';
  assert.equal(made['data'].x, '1');
  assert.throws(() => {
    made['data'].x = '3';
  }, TypeError);
});

test('a stale resourceVersion or another uid conflicts; none is taken as it comes', () => {
  const store = createStore();
  const first = store.create(configMap('a'));
  const second = store.update({ ...first, data: { x: '1' } });
  assert.notEqual(second.metadata.resourceVersion, first.metadata.resourceVersion);
  assert.throws(
    () => store.update({ ...first, data: { x: '2' } }),
    refusal(
      409,
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; ' +
        'please apply your changes to the latest version and try again',
    ),
  );
  assert.throws(
    () => store.update(configMap('a', { metadata: { name: 'a', namespace: 'default', uid: 'x' } })),
    refusal(409),
  );
  assert.equal(store.update(configMap('a', { data: { x: '3' } }))['data'].x, '3');
  assert.throws(() => store.update(configMap('missing')), refusal(404, 'configmaps "missing" not found'));
});

test('an update that changes nothing is no change', () => {
  const store = createStore();
  const made = store.create(configMap('a', { data: { x: '1', y: '2' } }));
  assert.equal(store.update(configMap('a', { data: { y: '2', x: '1' } })), made);
  assert.equal(store.patch('ConfigMap', 'default', 'a', { data: { x: '1' } }), made);
});

test('spec and status are written apart, and generation counts changes of the spec', () => {
  const store = createStore();
  const made = store.create({ ...pod('a'), status: { phase: 'Running' } });
  assert.equal(made['status'].phase, 'Pending');
  assert.equal(made.metadata.generation, 1);
  const running = store.patch('Pod', 'default', 'a', { status: { phase: 'Running' } }, 'status');
  assert.equal(running['status'].phase, 'Running');
  assert.equal(running.metadata.generation, 1);
  const kept = store.patch('Pod', 'default', 'a', { metadata: { labels: { x: 'y' } }, status: { phase: 'Failed' } });
  assert.equal(kept['status'].phase, 'Running');
  assert.equal(kept.metadata.generation, 1);
  const bound = store.patch('Pod', 'default', 'a', { spec: { nodeName: 'node1' } });
  assert.equal(bound.metadata.generation, 1, 'binding is no change of what was asked for');
  const status = store.updateStatus({ ...bound, spec: {}, status: { phase: 'Succeeded' } });
  assert.deepEqual([status['spec'].nodeName, status['status'].phase], ['node1', 'Succeeded']);
});

test('a bound Pod is deleted in two steps, an unbound one at once', () => {
  const store = createStore();
  store.create(pod('bound', { nodeName: 'node1', terminationGracePeriodSeconds: 7 }));
  store.create(pod('unbound'));
  store.delete('Pod', 'default', 'unbound');
  assert.equal(store.get('Pod', 'default', 'unbound'), undefined);
  const before = Date.now();
  store.delete('Pod', 'default', 'bound');
  const leaving = store.get('Pod', 'default', 'bound') as KubeObject;
  assert.equal(leaving.metadata.deletionGracePeriodSeconds, 7);
  const ends = Date.parse(leaving.metadata.deletionTimestamp as string);
  assert.ok(ends >= before + 6000 && ends <= Date.now() + 7000);
  store.delete('Pod', 'default', 'bound');
  assert.equal(store.get('Pod', 'default', 'bound'), leaving, 'asking again changes nothing');
  store.delete('Pod', 'default', 'bound', { gracePeriodSeconds: 2 });
  assert.equal(store.get('Pod', 'default', 'bound')?.metadata.deletionGracePeriodSeconds, 2);
  store.delete('Pod', 'default', 'bound', { gracePeriodSeconds: 0 });
  assert.equal(store.get('Pod', 'default', 'bound'), undefined);
  assert.throws(() => store.delete('Pod', 'default', 'bound'), refusal(404, 'pods "bound" not found'));
});

test('the last request to delete a Pod, which leaves no time, says when it came', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-01-01T00:00:00Z') });
  const store = createStore();
  store.create(pod('a', { nodeName: 'node1', terminationGracePeriodSeconds: 7 }, { finalizers: ['x/y'] }));
  store.delete('Pod', 'default', 'a');
  assert.equal(store.get('Pod', 'default', 'a')?.metadata.deletionTimestamp, '2026-01-01T00:00:07Z');
  t.mock.timers.tick(20_000);
  store.delete('Pod', 'default', 'a', { gracePeriodSeconds: 0 });
  assert.equal(store.get('Pod', 'default', 'a')?.metadata.deletionTimestamp, '2026-01-01T00:00:20Z');
});

test('finalizers hold an object until the last is removed; an update cannot bring it back', () => {
  const store = createStore();
  store.create(configMap('a', { metadata: { name: 'a', namespace: 'default', finalizers: ['x/y'] } }));
  store.delete('ConfigMap', 'default', 'a');
  const held = store.get('ConfigMap', 'default', 'a') as KubeObject;
  assert.ok(held.metadata.deletionTimestamp);
  const revived = store.update({ ...held, metadata: { ...held.metadata, deletionTimestamp: undefined } });
  assert.equal(revived.metadata.deletionTimestamp, held.metadata.deletionTimestamp);
  store.patch('ConfigMap', 'default', 'a', { metadata: { finalizers: null } });
  assert.equal(store.get('ConfigMap', 'default', 'a'), undefined);
});

test('a Namespace waits for its finalizer, and takes nothing new meanwhile', () => {
  const store = createStore();
  const made = store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  assert.deepEqual(made.metadata.labels, { 'kubernetes.io/metadata.name': 'shop' });
  assert.deepEqual(made['spec'], { finalizers: ['kubernetes'] });
  store.delete('Namespace', undefined, 'shop');
  assert.equal(store.get('Namespace', undefined, 'shop')?.['status'].phase, 'Terminating');
  assert.throws(
    () => store.create({ ...configMap('a'), metadata: { name: 'a', namespace: 'shop' } }),
    refusal(403, /^configmaps "a" is forbidden: unable to create new content in namespace shop because it is being/),
  );
  store.patch('Namespace', undefined, 'shop', { spec: { finalizers: null } });
  assert.equal(store.get('Namespace', undefined, 'shop'), undefined);
});

test('generateName gives five letters, also to long names', () => {
  const store = createStore();
  const made = store.create(pod('', {}, { name: '', generateName: 'web-' }));
  assert.match(made.metadata.name, /^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  const long = store.create(pod('', {}, { name: '', generateName: 'x'.repeat(80) }));
  assert.equal(long.metadata.name.length, 63);
});

test('a watch gets what is there, then each change, never from inside the call that makes it', async () => {
  const store = createStore();
  store.create(configMap('b'));
  store.create(configMap('a'));
  const seen: string[] = [];
  const stop = store.watch('ConfigMap', (change: Change) => {
    seen.push(`${change.type} ${change.object.metadata.name} ${change.old?.['data']?.x ?? '-'}`);
    if (seen.length === 2) store.create(configMap('c'));
  });
  store.update(configMap('a', { data: { x: '1' } }));
  store.update(configMap('a', { data: { x: '2' } }));
  store.delete('ConfigMap', 'default', 'a');
  assert.deepEqual(seen, []);
  await setImmediate();
  assert.deepEqual(seen, ['ADDED a -', 'ADDED b -', 'MODIFIED a -', 'MODIFIED a 1', 'DELETED a 2', 'ADDED c -']);
  stop();
  store.create(configMap('d'));
  await setImmediate();
  assert.equal(seen.length, 6);
});

test('a watch resumes from a revision, and is refused one that is forgotten', async () => {
  const store = createStore({ history: 2 });
  const from = Number(store.create(configMap('a')).metadata.resourceVersion);
  store.create(pod('between'));
  store.update(configMap('a', { data: { x: '1' } }));
  const seen: string[] = [];
  store.since('ConfigMap', from, ({ type, revision }) => seen.push(`${type} ${revision}`));
  store.delete('ConfigMap', 'default', 'a');
  await setImmediate();
  assert.deepEqual(seen, [`MODIFIED ${from + 2}`, `DELETED ${from + 3}`]);
  for (let count = 0; count < 10; count += 1) store.create(configMap(`more-${count}`));
  assert.throws(() => store.since('ConfigMap', from, () => {}), refusal(410, /^too old resource version/));
});

test('lists are selected by namespace, labels and fields, and sorted by name', () => {
  const store = createStore();
  store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  store.create(pod('c', { nodeName: 'node1' }, { labels: { app: 'web', tier: 'a' } }));
  store.create(pod('a', { nodeName: 'node2' }, { labels: { app: 'web' } }));
  store.create(pod('b', { nodeName: 'node1' }, { namespace: 'shop', labels: { app: 'db' } }));
  const names = (filter: object) => store.list('Pod', filter).map(({ metadata }) => metadata.name);
  assert.deepEqual(names({}), ['a', 'c', 'b']);
  assert.deepEqual(names({ namespace: 'default' }), ['a', 'c']);
  assert.deepEqual(names({ labelSelector: 'app in (web, x),!tier' }), ['a']);
  assert.deepEqual(names({ fieldSelector: 'spec.nodeName=node1,status.phase!=Running' }), ['c', 'b']);
  assert.deepEqual(names({ fieldSelector: 'metadata.name=b' }), ['b']);
  assert.throws(
    () => names({ fieldSelector: 'spec.color=red' }),
    refusal(400, 'field label not supported: spec.color'),
  );
});

test('a dry run answers like the write and stores nothing', () => {
  const store = createStore();
  const revision = store.revision();
  const made = store.write('create', configMap('a'), { dryRun: true });
  assert.ok(made.metadata.uid);
  assert.equal(store.get('ConfigMap', 'default', 'a'), undefined);
  assert.equal(store.revision(), revision);
});

test('a name that JavaScript knows is a name like any other', () => {
  const store = createStore();
  const given = JSON.parse(
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"default"},' +
      '"data":{"__proto__":"x","constructor":"y"}}',
  );
  const made = store.create(given);
  assert.deepEqual(Object.entries(made['data']), [
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ]);
  const patched = store.patch('ConfigMap', 'default', 'a', JSON.parse('{"data":{"__proto__":"z"}}'));
  assert.equal(Object.getPrototypeOf(patched['data']), Object.prototype);
  assert.deepEqual(Object.entries(patched['data']), [
    ['__proto__', 'z'],
    ['constructor', 'y'],
  ]);
});
