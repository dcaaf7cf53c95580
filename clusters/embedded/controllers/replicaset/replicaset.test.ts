import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerStatus, Pod, ReplicaSet } from '../../kinds.ts';
import { ApiError } from '../../objects.ts';
import { controllerOf } from '../owners.ts';
import { conditionOf } from '../status.ts';
import { container, createRig, pod, type Rig, settle } from '../testing.ts';
import { inDeletionOrder } from './index.ts';

const replicaSet = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } },
  },
});
const read = ({ objects }: Rig) => objects.get<ReplicaSet>('ReplicaSet', 'default', 'web') as ReplicaSet;

test('a Pod that has the labels and no owner is adopted; one with an owner is not', async (t) => {
  const rig = createRig();
  t.after(rig.stop);
  rig.objects.create(pod('orphan', { labels: { app: 'web' } }));
  const owner = { apiVersion: 'example.org/v1', kind: 'Foreign', name: 'x', uid: 'x', controller: true };
  const foreign = pod('foreign', { labels: { app: 'web' } });
  rig.objects.create({ ...foreign, metadata: { ...foreign.metadata, ownerReferences: [owner] } });
  rig.objects.create(replicaSet(2));
  await settle();
  const owned = rig.pods().filter((each) => controllerOf(each)?.uid === read(rig).metadata.uid);
  assert.equal(owned.length, 2);
  assert.ok(owned.some(({ metadata }) => metadata.name === 'orphan'));
});

test('a Pod whose label is taken away is let go and replaced', async (t) => {
  const rig = createRig();
  t.after(rig.stop);
  rig.objects.create(replicaSet(2));
  await settle();
  const [first] = rig.pods();
  rig.objects.patch('Pod', 'default', first?.metadata.name as string, { metadata: { labels: { app: 'quarantine' } } });
  await settle();
  assert.equal(rig.pods().length, 3);
  const released = rig.objects.get<Pod>('Pod', 'default', first?.metadata.name as string);
  assert.equal(released?.metadata.ownerReferences, undefined);
  rig.objects.delete('ReplicaSet', 'default', 'web');
  await settle();
  assert.deepEqual(
    rig.pods().map(({ metadata }) => metadata.name),
    [first?.metadata.name],
  );
});

test('a Pod that ended is replaced', async (t) => {
  const rig = createRig();
  t.after(rig.stop);
  rig.objects.create(replicaSet(1));
  await settle();
  const [first] = rig.pods();
  rig.objects.patch('Pod', 'default', first?.metadata.name as string, { status: { phase: 'Failed' } }, 'status');
  await settle();
  assert.equal(rig.pods().length, 2);
  assert.equal(read(rig).status?.replicas, 1);
});

test('what the API refuses is reported on the ReplicaSet and in an event, and tried again', async (t) => {
  const rig = createRig();
  t.after(rig.stop);
  const refused = replicaSet(1);
  const create = rig.objects.create.bind(rig.objects);
  let refuse = true;
  rig.objects.create = (object) => {
    if (refuse && object.kind === 'Pod') throw new ApiError(422, 'Invalid', 'spec.containers: Required value');
    return create(object);
  };
  create(refused);
  await settle();
  assert.equal(conditionOf(read(rig), 'ReplicaFailure')?.reason, 'FailedCreate');
  const events = rig.objects.list('Event', { namespace: 'default' });
  assert.ok(events.some(({ reason, message }) => reason === 'FailedCreate' && message.includes('Required value')));
  refuse = false;
  // it comes back to it after a moment
  while (conditionOf(read(rig), 'ReplicaFailure') !== undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(rig.pods().length, 1);
});

test('victims: no node, pending, unready, cheap, crowded, lately ready, often restarted, young', () => {
  let serial = 0;
  const time = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`;
  const make = (
    name: string,
    more: { node?: string; phase?: string; readyAt?: number; cost?: string; restarts?: number; age?: number },
  ): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      uid: String((serial += 1)),
      creationTimestamp: time(more.age ?? 0),
      ...(more.cost && { annotations: { 'controller.kubernetes.io/pod-deletion-cost': more.cost } }),
    },
    spec: { nodeName: more.node ?? name, containers: [] },
    status: {
      phase: more.phase ?? 'Running',
      conditions:
        more.readyAt === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: time(more.readyAt) }],
      containerStatuses: [{ restartCount: more.restarts ?? 0 } as ContainerStatus],
    },
  });
  const order = [
    make('homeless', { node: '', phase: 'Pending' }),
    make('pending', { phase: 'Pending' }),
    make('unready restarted', { restarts: 3 }),
    make('unready young', { age: 9 }),
    make('unready old', { age: 1 }),
    make('cheap', { readyAt: 1, cost: '-5' }),
    make('crowded 1', { node: 'full', readyAt: 2 }),
    make('crowded 2', { node: 'full', readyAt: 1 }),
    make('late', { readyAt: 9 }),
    make('early', { readyAt: 3 }),
    make('dear', { readyAt: 9, cost: '10' }),
  ];
  assert.deepEqual(
    inDeletionOrder(order.toReversed(), order).map(({ metadata }) => metadata.name),
    order.map(({ metadata }) => metadata.name),
  );
});
