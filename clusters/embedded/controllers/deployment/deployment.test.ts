import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import * as fc from 'fast-check';
import type { Deployment, Pod, ReplicaSet } from '../../kinds.ts';
import { isReady } from '../pods.ts';
import { conditionOf } from '../status.ts';
import { container, createRig, deployment, type Rig, settle } from '../testing.ts';
import { isComplete } from './status.ts';

const read = ({ objects }: Rig, name = 'web'): Deployment =>
  objects.get<Deployment>('Deployment', 'default', name) as Deployment;
const sets = ({ objects }: Rig): ReplicaSet[] => objects.list<ReplicaSet>('ReplicaSet', { namespace: 'default' });
const image = (name: string) => ({ spec: { template: { spec: { containers: [{ ...container, image: name }] } } } });
const scaleTo = (replicas: number) => ({ spec: { replicas } });
const revision = 'deployment.kubernetes.io/revision';

test('a new Deployment gets its Pods, and a status that kubectl rollout status takes as done', async (t) => {
  const rig = createRig();
  t.after(rig.stop);
  rig.objects.create(deployment('web'));
  await settle();
  assert.equal(rig.pods().length, 3);
  const { status, metadata } = read(rig);
  const { conditions = [], ...counts } = status ?? {};
  assert.deepEqual(counts, {
    observedGeneration: 1,
    replicas: 3,
    updatedReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
  });
  const reasons = Object.fromEntries(conditions.map(({ type, status: value, reason }) => [type, `${value} ${reason}`]));
  assert.deepEqual(reasons, { Available: 'True MinimumReplicasAvailable', Progressing: 'True NewReplicaSetAvailable' });
  assert.equal(metadata.annotations?.[revision], '1');
  const [pod] = rig.pods();
  const [set] = sets(rig);
  assert.equal(pod?.metadata.labels?.['pod-template-hash'], set?.metadata.labels?.['pod-template-hash']);
  assert.equal(pod?.metadata.ownerReferences?.[0]?.uid, set?.metadata.uid);
  assert.match(String(pod?.metadata.name), /^web-[a-z0-9]+-[a-z0-9]{5}$/);
});

test('a rolling update never has more Pods, or fewer available ones, than its limits allow', async () => {
  const amount = fc.oneof(
    fc.integer({ min: 0, max: 4 }),
    fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
  );
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 7 }),
    amount,
    amount,
    async (replicas, maxSurge, maxUnavailable) => {
      // the API refuses a rollout that can never move
      fc.pre(Number.parseInt(String(maxSurge), 10) > 0 || Number.parseInt(String(maxUnavailable), 10) > 0);
      const rig = createRig({ ready: false, end: false });
      const rollingUpdate = { maxSurge, maxUnavailable };
      rig.objects.create(deployment('web', { replicas, strategy: { type: 'RollingUpdate', rollingUpdate } }));
      await settle();
      for (const pod of rig.pods()) rig.setReady(pod, true);
      await settle();

      const share = (value: number | string, round: (n: number) => number) =>
        typeof value === 'number' ? value : round((Number.parseInt(value, 10) * replicas) / 100);
      const most = replicas + share(maxSurge, Math.ceil);
      let unavailable = Math.min(replicas, share(maxUnavailable, Math.floor));
      if (most === replicas && unavailable === 0) unavailable = 1;

      rig.objects.patch('Deployment', 'default', 'web', image('node:25'));
      let steps = 0;
      const isDone = () => isComplete(read(rig), read(rig).status ?? {});
      do {
        await settle();
        const pods = rig.pods();
        assert.ok(pods.length <= most, `${pods.length} Pods, at most ${most}`);
        assert.ok(pods.filter(isReady).length >= replicas - unavailable, `${pods.filter(isReady).length} available`);
        const next = pods.find((pod) => !isReady(pod));
        if (next) rig.setReady(next, true);
        assert.ok((steps += 1) < 100, 'the rollout does not end');
        await settle();
      } while (!isDone());
      assert.ok(rig.pods().every(({ spec }) => (spec.containers[0] as { image?: string }).image === 'node:25'));
      assert.equal(conditionOf(read(rig), 'Progressing')?.reason, 'NewReplicaSetAvailable');
      rig.stop();
    },
  );
  await fc.assert(property, { numRuns: 40 });
});

test('a rollout that cannot get ready stops short; going back takes the old ReplicaSet again', async (t) => {
  const rig = createRig({ ready: false });
  t.after(rig.stop);
  rig.objects.create(deployment('web', { replicas: 4 }));
  await settle();
  for (const pod of rig.pods()) rig.setReady(pod, true);
  await settle();
  const [first] = sets(rig);

  rig.objects.patch('Deployment', 'default', 'web', image('broken'));
  await settle();
  const { status } = read(rig);
  assert.deepEqual([status?.availableReplicas, status?.updatedReplicas, status?.unavailableReplicas], [3, 2, 2]);
  assert.equal(conditionOf(read(rig), 'Available')?.status, 'True');
  assert.equal(conditionOf(read(rig), 'Progressing')?.reason, 'ReplicaSetUpdated');

  rig.objects.patch('Deployment', 'default', 'web', image('node:24'));
  await settle();
  for (const pod of rig.pods()) rig.setReady(pod, true);
  await settle();
  assert.equal(sets(rig).length, 2);
  const back = sets(rig).find(({ metadata }) => metadata.uid === first?.metadata.uid);
  assert.equal(back?.spec.replicas, 4);
  assert.equal(back?.metadata.annotations?.[revision], '3');
  assert.equal(back?.metadata.annotations?.['deployment.kubernetes.io/revision-history'], '1');
  assert.equal(read(rig).metadata.annotations?.[revision], '3');
});

test('revisionHistoryLimit says how many old ReplicaSets stay; change causes are kept with them', async (t) => {
  const rig = createRig();
  t.after(rig.stop);
  rig.objects.create(deployment('web', { revisionHistoryLimit: 2 }));
  for (let i = 1; i <= 5; i += 1) {
    const metadata = { annotations: { 'kubernetes.io/change-cause': `change ${i}` } };
    rig.objects.patch('Deployment', 'default', 'web', { ...image(`node:${i}`), metadata });
    await settle();
  }
  const annotation = (key: string) =>
    sets(rig)
      .map(({ metadata }) => String(metadata.annotations?.[key]))
      .toSorted();
  assert.deepEqual(annotation(revision), ['3', '4', '5']);
  assert.deepEqual(annotation('kubernetes.io/change-cause'), ['change 3', 'change 4', 'change 5']);
});

test('scaling while it rolls out shares the change between old and new in proportion', async (t) => {
  const rig = createRig({ ready: false });
  t.after(rig.stop);
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } };
  rig.objects.create(deployment('web', { replicas: 10, strategy }));
  await settle();
  for (const pod of rig.pods()) rig.setReady(pod, true);
  await settle();
  rig.objects.patch('Deployment', 'default', 'web', image('broken'));
  await settle();
  const sizes = () =>
    sets(rig)
      .map(({ spec }) => spec.replicas ?? 0)
      .toSorted((a, b) => a - b);
  // the example of https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#proportional-scaling
  assert.deepEqual(sizes(), [5, 8]);
  rig.objects.patch('Deployment', 'default', 'web', scaleTo(15));
  await settle();
  assert.deepEqual(sizes(), [7, 11]);
});

test('to zero and back', async (t) => {
  const rig = createRig();
  t.after(rig.stop);
  rig.objects.create(deployment('web'));
  await settle();
  rig.objects.patch('Deployment', 'default', 'web', scaleTo(0));
  await settle();
  assert.equal(rig.pods().length, 0);
  assert.equal(conditionOf(read(rig), 'Available')?.status, 'True');
  assert.equal(read(rig).status?.replicas, undefined);
  rig.objects.patch('Deployment', 'default', 'web', scaleTo(2));
  await settle();
  assert.equal(read(rig).status?.availableReplicas, 2);
  assert.equal(sets(rig).length, 1);
});

test('a paused Deployment does not roll out, but scales; resumed, it goes on', async (t) => {
  const rig = createRig();
  t.after(rig.stop);
  rig.objects.create(deployment('web'));
  await settle();
  rig.objects.patch('Deployment', 'default', 'web', { spec: { paused: true } });
  await settle();
  assert.equal(conditionOf(read(rig), 'Progressing')?.reason, 'DeploymentPaused');
  rig.objects.patch('Deployment', 'default', 'web', image('node:25'));
  rig.objects.patch('Deployment', 'default', 'web', scaleTo(5));
  await settle();
  assert.equal(sets(rig).length, 1);
  assert.equal(rig.pods().length, 5);
  rig.objects.patch('Deployment', 'default', 'web', { spec: { paused: null } });
  await settle();
  assert.equal(sets(rig).length, 2);
  assert.equal(read(rig).status?.updatedReplicas, 5);
  assert.equal(conditionOf(read(rig), 'Progressing')?.reason, 'NewReplicaSetAvailable');
});

test('Recreate starts new Pods only when the last old one is gone', async (t) => {
  const rig = createRig({ end: false });
  t.after(rig.stop);
  rig.objects.create(deployment('web', { strategy: { type: 'Recreate' } }));
  await settle();
  rig.objects.patch('Deployment', 'default', 'web', image('node:25'));
  await settle();
  const leaving = rig.objects.list<Pod>('Pod', { namespace: 'default' });
  assert.equal(leaving.length, 3);
  assert.equal(rig.pods().length, 0);
  for (const [i, { metadata }] of leaving.entries()) {
    assert.equal(rig.pods().length, 0, `${i} of 3 are gone`);
    rig.objects.delete('Pod', 'default', metadata.name, { gracePeriodSeconds: 0 });
    await settle();
  }
  assert.equal(rig.pods().length, 3);
  assert.equal(conditionOf(read(rig), 'Progressing')?.reason, 'NewReplicaSetAvailable');
});

test('Pods count as available minReadySeconds after they are ready', async (t) => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_800_000_000_000 });
  t.after(() => mock.timers.reset());
  const rig = createRig();
  t.after(rig.stop);
  rig.objects.create(deployment('web', { minReadySeconds: 5 }));
  await settle();
  assert.deepEqual([read(rig).status?.readyReplicas, read(rig).status?.availableReplicas], [3, undefined]);
  mock.timers.tick(4000);
  await settle();
  assert.equal(read(rig).status?.availableReplicas, undefined);
  mock.timers.tick(1000);
  await settle();
  assert.equal(read(rig).status?.availableReplicas, 3);
});

test('no progress within progressDeadlineSeconds is reported', async (t) => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_800_000_000_000 });
  t.after(() => mock.timers.reset());
  const rig = createRig({ ready: false });
  t.after(rig.stop);
  rig.objects.create(deployment('web', { progressDeadlineSeconds: 10 }));
  await settle();
  mock.timers.tick(9000);
  await settle();
  assert.equal(conditionOf(read(rig), 'Progressing')?.status, 'True');
  mock.timers.tick(3000);
  await settle();
  const condition = conditionOf(read(rig), 'Progressing');
  assert.deepEqual([condition?.status, condition?.reason], ['False', 'ProgressDeadlineExceeded']);
  assert.match(String(condition?.message), /^ReplicaSet "web-[a-z0-9]+" has timed out progressing\.$/);
});

test('a name taken by a foreign ReplicaSet is a hash collision: another name is used', async (t) => {
  const rig = createRig();
  t.after(rig.stop);
  rig.objects.create(deployment('web'));
  await settle();
  const [set] = sets(rig);
  rig.objects.delete('Deployment', 'default', 'web');
  await settle();
  const labels = { app: 'other' };
  const spec = {
    replicas: 0,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [container] } },
  };
  const { name } = set?.metadata ?? { name: '' };
  rig.objects.create({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name, namespace: 'default' }, spec });
  rig.objects.create(deployment('web'));
  // it comes back to it after a moment
  while (rig.pods().length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(rig.pods().length, 3);
  assert.equal(read(rig).status?.collisionCount, 1);
});

test('a deleted Deployment takes ReplicaSets and Pods with it; its successor adopts orphaned ones', async (t) => {
  const rig = createRig();
  t.after(rig.stop);
  rig.objects.create(deployment('web'));
  await settle();
  const before = rig.pods().map(({ metadata }) => metadata.uid);
  rig.objects.delete('Deployment', 'default', 'web', { propagationPolicy: 'Orphan' });
  await settle();
  assert.deepEqual(
    rig.pods().map(({ metadata }) => metadata.uid),
    before,
  );
  rig.objects.create(deployment('web'));
  await settle();
  assert.deepEqual(
    rig.pods().map(({ metadata }) => metadata.uid),
    before,
  );
  for (const propagationPolicy of ['Background', 'Foreground'] as const) {
    rig.objects.delete('Deployment', 'default', 'web', { propagationPolicy });
    await settle();
    for (const kind of ['Deployment', 'ReplicaSet', 'Pod'])
      assert.deepEqual(rig.objects.list(kind, { namespace: 'default' }), []);
    rig.objects.create(deployment('web'));
    await settle();
    assert.equal(rig.pods().length, 3);
  }
});
