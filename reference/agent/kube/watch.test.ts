/** List and watch, against a server with every fault that a real one has shown. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { PodObject } from '../../model/index.ts';
import { FakeApi } from '../../testing/fake-api.ts';
import { until } from '../../testing/wait.ts';
import { ApiStatusError, createClient, type KubeClient } from './client.ts';
import { type ReflectorState, reflect } from './reflector.ts';
import { slimPod } from './slim.ts';
import { watchCluster } from './source.ts';
import { Store } from './store.ts';

const path = '/api/v1/pods';
const times = { watchMs: 60_000, idleMs: 60_000, backoffMs: 5, maxBackoffMs: 40, absentMs: 10, listMs: 60_000 };

let api: FakeApi;
let client: KubeClient;
let stop: AbortController;
let changes = 0;
let store: Store<PodObject>;
let state: ReflectorState;

beforeEach(async () => {
  api = new FakeApi();
  client = createClient(await api.listen());
  stop = new AbortController();
  changes = 0;
  store = new Store<PodObject>(slimPod, () => {
    changes += 1;
  });
  state = { synced: false, error: undefined };
});
afterEach(async () => {
  stop.abort();
  client.close();
  await api.close();
});

const start = (more: Partial<typeof times> = {}) => {
  void reflect(client, path, store, state, stop.signal, undefined, { ...times, ...more });
};
const names = () =>
  store
    .values()
    .map(({ metadata }) => metadata.name)
    .toSorted()
    .join(' ');
const put = (name: string, more: Partial<PodObject> = {}) =>
  api.put('pods', { metadata: { name, namespace: 'default' }, ...more });
const sees = (wanted: string) => until(`the store holds ${wanted}`, names, (seen) => seen === wanted);
/** Whole lists: a look at the server's version asks for one object. */
const lists = () =>
  api.requests.filter((request) => !request.includes('watch') && !request.endsWith('?limit=1')).length;
const isWatch = (request: string) => request.includes('watch') && !request.includes('sendInitialEvents');
const watches = () => api.requests.filter(isWatch).length;
const streamed = () => api.requests.filter((request) => request.includes('sendInitialEvents')).length;

test('the list, then every change', async () => {
  put('a');
  start();
  await sees('a');
  assert.equal(state.synced, true);
  put('b');
  put('c');
  api.remove('pods', 'default', 'a');
  await sees('b c');
  assert.equal(lists(), 1);
});

test('a list of several pages is read whole', async () => {
  api.pageSize = 3;
  for (let index = 0; index < 10; index += 1) put(`p${index}`);
  start();
  await until(
    'all are there',
    () => store.values().length,
    (count) => count === 10,
  );
  assert.equal(lists(), 4);
});

test('a list is streamed where the server does that, also the next one', async () => {
  api.streaming = 'answered';
  put('a');
  put('b');
  start();
  await sees('a b');
  assert.deepEqual([state.synced, lists(), streamed()], [true, 0, 1]);
  put('c');
  await sees('a b c');
  api.oldest = 1_000_000;
  api.remove('pods', 'default', 'a');
  api.muted = true;
  api.remove('pods', 'default', 'b');
  api.cut();
  await sees('c');
  assert.equal(lists(), 0);
});

test('a server that does not say where a streamed list ends is asked for pages', async () => {
  api.streaming = 'ignored';
  put('a');
  start({ listMs: 50 });
  await sees('a');
  assert.deepEqual([lists(), streamed()], [1, 1]);
});

test('a connection that breaks is continued where it was, without a new list', async () => {
  start();
  put('a');
  await sees('a');
  api.cut();
  put('b');
  await sees('a b');
  assert.equal(lists(), 1);
});

test('what an API server need not have is an empty list until it has it', async () => {
  state.optional = true;
  put('a');
  api.fail = 404;
  start();
  await until(
    'it counts as read',
    () => state.synced,
    (synced) => synced,
  );
  assert.deepEqual([names(), state.error], ['', undefined]);
  api.fail = undefined;
  await sees('a');
});

test('410 Gone, within the stream or as its status, leads to a new list', async () => {
  put('a');
  start();
  await sees('a');
  api.oldest = 1_000_000;
  api.muted = true;
  api.remove('pods', 'default', 'a');
  put('b');
  api.cut();
  await sees('b');
  assert.ok(lists() >= 2);
  api.fail = 410;
  api.cut();
  const before = api.requests.length;
  await until(
    'it is told so',
    () => api.requests.length,
    (count) => count > before + 3,
  );
  api.fail = undefined;
  api.oldest = 0;
  api.muted = false;
  put('c');
  await sees('b c');
});

test('bookmarks move the place at which a watch goes on', async () => {
  start();
  put('a');
  await sees('a');
  // a bookmark is told to those that watch by then: it may have been in the list
  await until('it watches', watches, (count) => count > 0);
  api.bookmark();
  const before = watches();
  api.cut();
  await until('it watches again', watches, (count) => count > before);
  const last = api.requests.findLast(isWatch) ?? '';
  assert.match(last, /allowWatchBookmarks=true&resourceVersion=102&/);
});

test('a server that is away is asked again, not too often, and its state is known', async () => {
  api.fail = 503;
  start();
  await until(
    'it says what is wrong',
    () => state.error ?? '',
    (error) => error.includes('the test wants it so'),
  );
  assert.equal(state.synced, false);
  await delay(300);
  assert.ok(lists() < 40, `${lists()} requests in 300 ms`);
  api.fail = undefined;
  put('a');
  await sees('a');
  assert.equal(state.error, undefined);
});

test('a watch that the server ends at once is not asked in a tight loop', async () => {
  start({ backoffMs: 50, maxBackoffMs: 100 });
  await until('it is synced', () => state.synced, Boolean);
  const cutting = setInterval(() => api.cut(), 1);
  await delay(300);
  clearInterval(cutting);
  assert.ok(watches() < 30, `${watches()} watches in 300 ms`);
  put('a');
  await sees('a');
});

test('a connection on which nothing comes is given up', async () => {
  start({ idleMs: 50 });
  await until('it is synced', () => state.synced, Boolean);
  await until('it watches anew', watches, (count) => count > 2);
  assert.equal(lists(), 1);
  assert.equal(state.error, undefined);
});

test('a server that takes requests and says nothing is known to be silent, and since when', async (t) => {
  const source = watchCluster(client, 'node1', () => {}, stop.signal);
  await until('it is synced', () => source.synced(), Boolean);
  assert.deepEqual(source.silence(), []);
  const since = Date.now();
  t.mock.timers.enable({ apis: ['Date'], now: since + 125_000 });
  assert.deepEqual(source.silence(), [], 'a quiet connection is opened anew by then');
  t.mock.timers.setTime(since + 140_000);
  const [sentence = ''] = source.silence();
  const [, when = ''] = /^nothing was heard from the API server since (\S+): /.exec(sentence) ?? [];
  assert.ok(Math.abs(Date.parse(when) - since) < 60_000, sentence);
});

test('a watch that is not even answered is an error, and goes on when the server is back', async () => {
  start({ idleMs: 50 });
  put('a');
  await sees('a');
  api.mute = true;
  api.cut();
  const heardAt = state.heardAt ?? 0;
  await until(
    'it is said',
    () => state.error ?? '',
    (error) => /no answer within|aborted/.test(error),
  );
  put('b');
  api.mute = false;
  api.cut();
  await sees('a b');
  assert.equal(state.error, undefined);
  assert.ok((state.heardAt ?? 0) >= heardAt);
});

test('versions that go back are followed: what came after the backup is gone, what was deleted is back', async () => {
  put('kept', { status: { phase: 'Pending' } });
  put('deleted');
  start();
  await sees('deleted kept');
  const restore = api.backup();
  put('kept', { status: { phase: 'Running' } });
  put('after');
  api.remove('pods', 'default', 'deleted');
  await sees('after kept');
  restore();
  await sees('deleted kept');
  assert.equal(store.get('default', 'kept')?.status?.phase, 'Pending');
  put('next');
  await sees('deleted kept next');
});

test('versions that go back in silence are noticed when the silence is', async () => {
  start({ watchMs: 1, idleMs: 50 });
  put('a');
  await sees('a');
  const restore = api.backup();
  put('b');
  await sees('a b');
  api.muted = true;
  restore(false);
  await sees('a');
});

test('a bookmark or an event of an older version is one of versions that have gone back', async () => {
  put('a');
  start();
  await sees('a');
  await until('it watches', watches, (count) => count > 0);
  for (const type of ['BOOKMARK', 'MODIFIED']) {
    const before = lists();
    api.tell('pods', type, { metadata: { name: 'a', namespace: 'default', resourceVersion: '7' } });
    await until('it lists again', lists, (count) => count > before);
    await until('it watches again', () => api.watching('pods'), Boolean);
  }
  assert.equal(names(), 'a');
});

test('what is not read here changes nothing', async () => {
  put('a', { status: { phase: 'Running' } });
  start();
  await sees('a');
  const [first] = store.values();
  const before = changes;
  put('a', { status: { phase: 'Running', conditions: [{ type: 'Ready' }] } as PodObject['status'] & object });
  put('b');
  await sees('a b');
  assert.equal(changes, before + 1);
  assert.equal(store.get('default', 'a'), first, 'the very same object');
});

test('neither an older read nor a late one takes the watch back', () => {
  const pod = (resourceVersion: string, phase: string, uid = 'u'): PodObject => ({
    metadata: { name: 'a', namespace: 'default', uid, resourceVersion },
    status: { phase },
  });
  store.put(pod('5', 'Running'));
  store.put(pod('4', 'Pending'));
  assert.equal(store.get('default', 'a')?.status?.phase, 'Running');
  store.replace([store.shorten(pod('4', 'Pending'))], '4');
  assert.equal(store.get('default', 'a')?.status?.phase, 'Running', 'a list that was made before');
  store.remove(pod('6', 'Running'));
  store.put(pod('7', 'Running'));
  assert.equal(store.get('default', 'a'), undefined, 'deleted is deleted');
  store.put(pod('8', 'Pending', 'anew'));
  store.remove(pod('9', 'Running'));
  assert.equal(store.get('default', 'a')?.metadata.uid, 'anew', 'the deletion of its predecessor');
  store.put({ metadata: { name: 'read', namespace: 'default', uid: 'r', resourceVersion: '20' } });
  store.replace([], '15');
  assert.equal(names(), 'read', 'read after the list was made');
});

test('a refresh brings what no watch has told, and leaves out what is not there', async () => {
  api.muted = true;
  const source = watchCluster(client, 'node1', () => {}, stop.signal);
  await until('it is synced', () => source.synced(), Boolean);
  put('a', { status: { phase: 'Pending' } });
  api.put('namespaces', { metadata: { name: 'default', labels: { x: 'y' } } });
  api.put('networkpolicies', { metadata: { name: 'p', namespace: 'default' } });
  api.put('networkpolicies', { metadata: { name: 'q', namespace: 'elsewhere' } });
  await source.refresh({ namespace: 'default', name: 'a', uid: undefined }, 1000);
  const { namespaces, networkPolicies } = source.objects();
  assert.deepEqual([source.pods().length, namespaces.length], [1, 1]);
  assert.deepEqual(
    networkPolicies.map(({ metadata }) => metadata.name),
    ['p'],
  );
  await source.refresh({ namespace: 'default', name: 'static', uid: undefined }, 1000);
  api.fail = 500;
  await assert.rejects(source.refresh({ namespace: 'default', name: 'a', uid: undefined }, 1000), ApiStatusError);
});

test('over https it trusts the service account’s authority, and shows its token, which may change', async (t) => {
  const credentials = mkdtempSync(join(tmpdir(), 'netvet-credentials-'));
  t.after(() => rmSync(credentials, { recursive: true }));
  const [key, certificate] = ['key.pem', 'ca.crt'].map((name) => join(credentials, name)) as [string, string];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = spawnSync('sh', [
    '-c',
    'exec openssl "$@"',
    'openssl',
    'req',
    '-x509',
    '-nodes',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-days',
    '1',
    '-keyout',
    key,
    '-out',
    certificate,
    ...subject,
  ]);
  if (made.status !== 0) return t.skip('there is no openssl to make a certificate with');
  const server = new FakeApi({ key: readFileSync(key, 'utf8'), cert: readFileSync(certificate, 'utf8') });
  const url = await server.listen();
  writeFileSync(join(credentials, 'token'), 'wrong\n');
  const denied = createClient(url, credentials);
  await assert.rejects(denied.get(path), { code: 401, message: 'Unauthorized' });
  writeFileSync(join(credentials, 'token'), 'let me in\n');
  const right = createClient(url, credentials);
  assert.deepEqual((await right.get<{ items: unknown[] }>(path)).items, []);
  writeFileSync(certificate, readFileSync(certificate, 'utf8').replace(/[A-Z]{4}/, 'AAAA'));
  const distrusting = await Promise.resolve()
    .then(() => createClient(url, credentials).get(path))
    .catch((error: Error) => error);
  assert.ok(distrusting instanceof Error);
  for (const one of [denied, right]) one.close();
  await server.close();
});

test('a read that takes too long ends', async () => {
  const server = new FakeApi();
  const url = await server.listen();
  await server.close();
  const away = createClient(url);
  await assert.rejects(away.get('/api/v1/pods', 200));
  away.close();
});
