/** @kubernetes/client-node, which the suite and the reference agent speak with, against the server. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { type TestContext, test } from 'node:test';
import {
  Attach,
  CoreV1Api,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  makeInformer,
  PatchStrategy,
  type V1ConfigMap,
  type V1Status,
  Watch,
} from '@kubernetes/client-node';
import { configMap, pod, startRig } from '../testing.ts';

async function clientRig(t: TestContext) {
  const rig = await startRig(t);
  const config = new KubeConfig();
  // the client refuses plain HTTP unless it is told not to care
  config.loadFromClusterAndUser({ name: 'embedded', server: rig.server.url, skipTLSVerify: true }, { name: 'nobody' });
  return { ...rig, config, objects: KubernetesObjectApi.makeApiClient(config), core: config.makeApiClient(CoreV1Api) };
}

test('KubernetesObjectApi creates, reads, lists, patches, replaces and deletes', async (t) => {
  const { objects } = await clientRig(t);
  const named = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' } };
  const given: V1ConfigMap = { ...named, data: { x: '1' } };
  const patch = async (data: Record<string, string>, strategy: PatchStrategy) => {
    const body: V1ConfigMap = { ...named, data };
    const force = strategy === PatchStrategy.ServerSideApply ? true : undefined;
    return (await objects.patch(body, undefined, undefined, force && 'me', force, strategy)).data;
  };
  assert.match((await objects.create(given)).metadata?.uid ?? '', /-/);
  assert.deepEqual(await patch({ y: '2' }, PatchStrategy.ServerSideApply), { x: '1', y: '2' });
  assert.deepEqual(await patch({}, PatchStrategy.ServerSideApply), { x: '1' });
  assert.deepEqual(await patch({ z: '3' }, PatchStrategy.MergePatch), { x: '1', z: '3' });
  assert.deepEqual(await patch({ z: '4' }, PatchStrategy.StrategicMergePatch), { x: '1', z: '4' });
  const read: V1ConfigMap = await objects.read(named);
  read.data = { only: '1' };
  assert.deepEqual((await objects.replace(read)).data, { only: '1' });
  assert.equal((await objects.list('v1', 'ConfigMap', 'default')).items.length, 1);
  await assert.rejects(objects.create(given), /already exists/);
  assert.equal((await objects.delete(given)).status, 'Success');
  await assert.rejects(objects.read(named), /not found/);
});

test('an informer follows a collection', async (t) => {
  const { config, core, store } = await clientRig(t);
  store.create(pod('a'));
  const informer = makeInformer(config, '/api/v1/namespaces/default/pods', () =>
    core.listNamespacedPod({ namespace: 'default' }),
  );
  const seen: string[] = [];
  const told = (event: string) => (object: { metadata?: { name?: string } }) =>
    seen.push(`${event} ${object.metadata?.name}`);
  informer.on('add', told('add'));
  informer.on('update', told('update'));
  informer.on('delete', told('delete'));
  await informer.start();
  store.create(pod('b'));
  store.patch('Pod', 'default', 'b', { metadata: { labels: { x: 'y' } } });
  store.delete('Pod', 'default', 'a', { gracePeriodSeconds: 0 });
  while (seen.length < 5) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(seen, ['add a', 'add b', 'update b', 'update a', 'delete a']);
  await informer.stop();
});

test('Watch gets events and bookmarks', async (t) => {
  const { config, store } = await clientRig(t);
  store.create(configMap('a'));
  const seen: string[] = [];
  const query = { allowWatchBookmarks: true, sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' };
  const leave = await new Watch(config).watch(
    '/api/v1/configmaps',
    query,
    (type) => seen.push(type),
    () => {},
  );
  store.create(configMap('b'));
  while (seen.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(seen, ['ADDED', 'BOOKMARK', 'ADDED']);
  leave.abort();
});

/** A stream, and the text that went into it. */
function sink() {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { stream, text: () => text };
}

test('Exec carries stdin, stdout, stderr and the exit code; Attach stdin and stdout; Log the log', async (t) => {
  const { config, store } = await clientRig(t);
  store.create(pod('a'));
  const run = async (argv: string[], stdin?: string) => {
    const [out, err] = [sink(), sink()];
    const input = stdin === undefined ? null : new PassThrough();
    const status = await new Promise<V1Status>((resolve, reject) => {
      new Exec(config).exec('default', 'a', 'main', argv, out.stream, err.stream, input, false, resolve).catch(reject);
      input?.end(stdin);
    });
    return { status, out: out.text(), err: err.text() };
  };
  assert.equal((await run(['cat'], 'hello')).out, 'hello');
  const { out, err } = await run(['both']);
  assert.deepEqual([out, err], ['to stdout\n', 'to stderr\n']);
  const failed = await run(['fail', '3']);
  assert.deepEqual([failed.status.reason, failed.status.details?.causes?.[0]?.message], ['NonZeroExitCode', '3']);
  const [input, attached] = [new PassThrough(), sink()];
  const socket = await new Attach(config).attach('default', 'a', 'main', attached.stream, null, input, false);
  input.end('to what runs');
  await new Promise((resolve) => socket.addEventListener('close', resolve));
  assert.equal(attached.text(), 'to what runs');
  const log = sink();
  await new Log(config).log('default', 'a', 'main', log.stream);
  while (!log.text().includes('last')) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(log.text(), 'first\nlast\n');
});
