import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { Node } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';
import { bootstrap } from './bootstrap.ts';
import { blocksOf } from './nodes.ts';
import { WorkQueue } from './queue.ts';
import { createRig, deployment, node, pod, service, settle } from './testing.ts';

const configMap = (name: string, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', ...metadata },
});

test('every node gets a block of its own, and a block that is free again is given again', async (t) => {
  const rig = createRig({ nodes: 3 });
  t.after(rig.stop);
  await settle();
  const blocks = () => rig.objects.list<Node>('Node').map(({ spec }) => spec?.podCIDR);
  assert.deepEqual(blocks(), ['10.244.0.0/25', '10.244.0.128/25', '10.244.1.0/25']);
  rig.objects.delete('Node', undefined, 'node2');
  rig.objects.create(node('node4'));
  await settle();
  assert.deepEqual(blocks(), ['10.244.0.0/25', '10.244.1.0/25', '10.244.0.128/25']);
  assert.deepEqual(rig.objects.get('Node', undefined, 'node4')?.['spec'].podCIDRs, ['10.244.0.128/25']);
});

test('a range is cut into all of its blocks', () => {
  assert.deepEqual(blocksOf('192.168.255.0/24', 26), [
    '192.168.255.0/26',
    '192.168.255.64/26',
    '192.168.255.128/26',
    '192.168.255.192/26',
  ]);
  assert.equal(blocksOf('10.244.0.0/16', 25).length, 512);
  assert.equal(blocksOf('10.244.0.0/16', 25).at(-1), '10.244.255.128/25');
});

test('a deleted Namespace empties itself, Pods first, and goes when the last Pod is gone', async (t) => {
  const rig = createRig({ end: false });
  t.after(rig.stop);
  rig.objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  await settle();
  assert.ok(rig.objects.get('ServiceAccount', 'shop', 'default'));
  const inShop = (object: KubeObject): KubeObject => ({
    ...object,
    metadata: { ...object.metadata, namespace: 'shop' },
  });
  rig.objects.create(inShop(deployment('web', { replicas: 2 })));
  rig.objects.create(inShop(service('web')));
  rig.objects.create(inShop(configMap('settings')));
  await settle();
  rig.objects.delete('Namespace', undefined, 'shop');
  await settle();
  assert.equal(rig.objects.get('Namespace', undefined, 'shop')?.['status'].phase, 'Terminating');
  const leaving = rig.objects.list('Pod', { namespace: 'shop' });
  assert.equal(leaving.length, 2);
  assert.ok(leaving.every(({ metadata }) => metadata.deletionTimestamp));
  assert.ok(rig.objects.get('ConfigMap', 'shop', 'settings'), 'what is not a Pod waits for the Pods');
  for (const { metadata } of leaving) rig.objects.delete('Pod', 'shop', metadata.name, { gracePeriodSeconds: 0 });
  await settle();
  assert.equal(rig.objects.get('Namespace', undefined, 'shop'), undefined);
  for (const kind of [
    'Deployment',
    'ReplicaSet',
    'Pod',
    'Service',
    'EndpointSlice',
    'ConfigMap',
    'Event',
    'ServiceAccount',
  ]) {
    assert.deepEqual(rig.objects.list(kind, { namespace: 'shop' }), [], kind);
  }
});

test('an object with two owners stays until both are gone, and forgets the one that is', async (t) => {
  const rig = createRig();
  t.after(rig.stop);
  const reference = ({ kind, apiVersion, metadata: { name, uid } }: KubeObject) => ({ apiVersion, kind, name, uid });
  const owners = ['a', 'b'].map((name) => rig.objects.create(configMap(name)));
  rig.objects.create(configMap('child', { ownerReferences: owners.map(reference) }));
  await settle();
  rig.objects.delete('ConfigMap', 'default', 'a');
  await settle();
  assert.deepEqual(rig.objects.get('ConfigMap', 'default', 'child')?.metadata.ownerReferences, [
    reference(owners[1] as KubeObject),
  ]);
  rig.objects.delete('ConfigMap', 'default', 'b');
  await settle();
  assert.equal(rig.objects.get('ConfigMap', 'default', 'child'), undefined);
});

test('an owner that was deleted and made again is another owner; one of an unknown kind counts as there', async (t) => {
  const rig = createRig();
  t.after(rig.stop);
  rig.objects.create(configMap('owner'));
  const stale = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: 'another' };
  const unknown = { apiVersion: 'example.org/v1', kind: 'Widget', name: 'w', uid: 'w' };
  rig.objects.create(configMap('stale', { ownerReferences: [stale] }));
  rig.objects.create(configMap('kept', { ownerReferences: [unknown] }));
  await settle();
  assert.equal(rig.objects.get('ConfigMap', 'default', 'stale'), undefined);
  assert.ok(rig.objects.get('ConfigMap', 'default', 'kept'));
});

test('in the foreground an owner waits for what it owns', async (t) => {
  const rig = createRig({ end: false });
  t.after(rig.stop);
  rig.objects.create(deployment('web', { replicas: 1 }));
  await settle();
  rig.objects.delete('Deployment', 'default', 'web', { propagationPolicy: 'Foreground' });
  await settle();
  assert.ok(rig.objects.get('Deployment', 'default', 'web'), 'its Pod is still terminating');
  const [leaving] = rig.objects.list('Pod', { namespace: 'default' });
  rig.objects.delete('Pod', 'default', leaving?.metadata.name as string, { gracePeriodSeconds: 0 });
  await settle();
  assert.equal(rig.objects.get('Deployment', 'default', 'web'), undefined);
  assert.deepEqual(rig.objects.list('ReplicaSet'), []);
});

test('bootstrap makes the Service of the API server and DNS, once', async (t) => {
  const rig = createRig({ nodes: 1 });
  t.after(rig.stop);
  bootstrap(rig.objects);
  bootstrap(rig.objects);
  await settle();
  assert.equal(rig.objects.get('Service', 'default', 'kubernetes')?.['spec'].clusterIP, '10.96.0.1');
  assert.deepEqual(rig.objects.get('EndpointSlice', 'default', 'kubernetes')?.['endpoints'][0].addresses, [
    '172.18.0.1',
  ]);
  assert.equal(rig.objects.get('Service', 'kube-system', 'kube-dns')?.['spec'].clusterIP, '10.96.0.10');
  assert.equal(rig.pods('kube-system').length, 1);
});

test('a queue looks at each item once per round, tries failed ones again, and lets the event loop turn', async () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const seen: string[] = [];
  let failures = 2;
  const reported: string[] = [];
  const queue: WorkQueue = new WorkQueue(
    (key) => {
      seen.push(key);
      if (key === 'bad' && failures > 0) {
        failures -= 1;
        throw new Error('not yet');
      }
      if (key === 'restless') queue.add('restless');
    },
    (_error, key) => reported.push(key),
  );
  for (const key of ['a', 'a', 'bad', 'a']) queue.add(key);
  await settle();
  assert.deepEqual(seen, ['a', 'bad']);
  mock.timers.tick(5);
  await settle();
  mock.timers.tick(10);
  await settle();
  assert.deepEqual(seen, ['a', 'bad', 'bad', 'bad']);
  assert.deepEqual(reported, ['bad', 'bad']);
  queue.add('restless');
  await settle();
  queue.stop();
  const rounds = seen.length;
  await settle();
  assert.equal(seen.length, rounds);
  mock.timers.reset();
});

test('a thousand Pods are placed and counted', { timeout: 300_000 }, async (t) => {
  const rig = createRig({ nodes: 20 });
  t.after(rig.stop);
  rig.objects.create(service('web'));
  const started = performance.now();
  rig.objects.create(deployment('web', { replicas: 1000 }));
  rig.objects.create(pod('one'));
  while (rig.objects.get('Deployment', 'default', 'web')?.['status']?.availableReplicas !== 1000) {
    await settle();
  }
  t.diagnostic(`${Math.round(performance.now() - started)} ms for 1000 Pods`);
});
