import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { EndpointSlice, Pod } from '../kinds.ts';
import { isReady } from './pods.ts';
import { createRig, deployment, type Rig, service, settle } from './testing.ts';

const say = ({ objects }: Rig, name: string, readiness: string) =>
  objects.patch('Node', undefined, name, { status: { conditions: [{ type: 'Ready', status: readiness }] } }, 'status');

const taintsOf = ({ objects }: Rig, name: string) =>
  (objects.get('Node', undefined, name)?.['spec'].taints ?? []).map(
    ({ key, effect }: { key: string; effect: string }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`,
  );

test('Pods of a lost node serve nobody, and leave it when they have tolerated that long enough', async (t) => {
  const rig = createRig({ nodes: 2, end: false });
  t.after(rig.stop);
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  t.after(() => mock.timers.reset());
  const { objects } = rig;
  objects.create(service('web'));
  objects.create(deployment('web', { replicas: 2 }));
  await settle();
  const [lost, kept] = ['node1', 'node2'].map((node) => rig.pods().find(({ spec }) => spec.nodeName === node) as Pod);
  assert.ok(lost && kept);
  const now = ({ metadata: { namespace, name } }: Pod) => objects.get<Pod>('Pod', namespace, name) as Pod;

  say(rig, 'node1', 'Unknown');
  await settle();
  assert.deepEqual(taintsOf(rig, 'node1'), ['unreachable:NoSchedule', 'unreachable:NoExecute']);
  assert.deepEqual([isReady(now(lost)), isReady(now(kept))], [false, true]);
  const [slice] = objects.list<EndpointSlice>('EndpointSlice', { namespace: 'default' });
  const ready = slice?.endpoints.filter(({ conditions }) => conditions?.ready).map(({ targetRef }) => targetRef?.name);
  assert.deepEqual(ready, [kept.metadata.name]);

  mock.timers.tick(299_000);
  await settle();
  assert.equal(now(lost).metadata.deletionTimestamp, undefined);
  mock.timers.tick(2_000);
  await settle();
  assert.ok(now(lost).metadata.deletionTimestamp);
  assert.deepEqual(
    rig.pods().map(({ spec }) => spec.nodeName),
    ['node2', 'node2'],
  );
});

test('a node that is back in time loses no Pod; one with a taint loses all that do not tolerate it', async (t) => {
  const rig = createRig({ nodes: 2 });
  t.after(rig.stop);
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  t.after(() => mock.timers.reset());
  rig.objects.create(deployment('web', { replicas: 2 }));
  await settle();
  const names = () => rig.pods().map(({ metadata }) => metadata.name);
  const before = names();
  say(rig, 'node1', 'False');
  await settle();
  assert.deepEqual(taintsOf(rig, 'node1'), ['not-ready:NoSchedule', 'not-ready:NoExecute']);
  mock.timers.tick(200_000);
  say(rig, 'node1', 'True');
  await settle();
  mock.timers.tick(200_000);
  await settle();
  assert.deepEqual([names(), taintsOf(rig, 'node1')], [before, []]);

  rig.objects.patch('Node', undefined, 'node1', { spec: { taints: [{ key: 'away', effect: 'NoExecute' }] } });
  await settle();
  assert.deepEqual(
    rig.pods().map(({ spec }) => spec.nodeName),
    ['node2', 'node2'],
  );
});

test('where no node is ready, nobody has to leave', async (t) => {
  const rig = createRig({ nodes: 2 });
  t.after(rig.stop);
  for (const name of ['node1', 'node2']) say(rig, name, 'Unknown');
  await settle();
  assert.deepEqual(taintsOf(rig, 'node1'), ['unreachable:NoSchedule']);
});
