import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../kinds.ts';
import { container, createRig, node, type Rig, settle } from '../testing.ts';

const labels = { app: 'agent' };
const daemonSet = (spec: object = {}, podSpec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'default' },
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [container], ...podSpec } },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
    ...spec,
  },
});
const image = (name: string) => ({ spec: { template: { spec: { containers: [{ ...container, image: name }] } } } });
const imageOf = ({ spec }: Pod) => (spec.containers[0] as { image?: string }).image;
const places = (rig: Rig) =>
  rig
    .pods()
    .map(({ spec }) => String(spec.nodeName))
    .toSorted();

test('one Pod on each node, also on one that comes later, and none on one that does not fit', async (t) => {
  const rig = createRig({ nodes: 2 });
  t.after(rig.stop);
  rig.objects.create(daemonSet({}, { nodeSelector: { 'kubernetes.io/os': 'linux' } }));
  await settle();
  assert.deepEqual(places(rig), []);
  for (const name of ['node1', 'node2'])
    rig.objects.patch('Node', undefined, name, { metadata: { labels: { 'kubernetes.io/os': 'linux' } } });
  await settle();
  assert.deepEqual(places(rig), ['node1', 'node2']);
  rig.objects.create(node('node3', { labels: { 'kubernetes.io/os': 'linux' } }));
  await settle();
  assert.deepEqual(places(rig), ['node1', 'node2', 'node3']);
  assert.deepEqual(rig.objects.get('DaemonSet', 'default', 'agent')?.['status'], {
    currentNumberScheduled: 3,
    desiredNumberScheduled: 3,
    numberAvailable: 3,
    numberMisscheduled: 0,
    numberReady: 3,
    observedGeneration: 1,
    updatedNumberScheduled: 3,
  });
  rig.objects.patch('Node', undefined, 'node1', { metadata: { labels: { 'kubernetes.io/os': 'other' } } });
  await settle();
  assert.deepEqual(places(rig), ['node2', 'node3']);
});

test('a node that is not ready gets only what tolerates it; what runs stays when a node gets unready', async (t) => {
  const rig = createRig({ nodes: 1 });
  t.after(rig.stop);
  rig.objects.create(node('down', { ready: false }));
  rig.objects.create(daemonSet());
  await settle();
  assert.deepEqual(places(rig), ['node1']);
  const created = rig.objects.get('Node', undefined, 'node1');
  rig.objects.updateStatus({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node1' },
    status: node('x', { ready: false }).status,
  });
  await settle();
  assert.ok(created);
  assert.deepEqual(places(rig), ['node1']);
  rig.objects.patch('DaemonSet', 'default', 'agent', {
    spec: { template: { spec: { tolerations: [{ operator: 'Exists' }] } } },
  });
  await settle();
  assert.deepEqual(places(rig), ['down', 'node1']);
});

test('its Pods tolerate what the real controller makes them tolerate', async (t) => {
  const rig = createRig({ nodes: 1 });
  t.after(rig.stop);
  rig.objects.create(daemonSet({}, { hostNetwork: true }));
  await settle();
  const keys = rig.pods()[0]?.spec.tolerations?.map(({ key, effect }) => `${key?.split('/')[1]}:${effect}`);
  assert.deepEqual(keys?.toSorted(), [
    'disk-pressure:NoSchedule',
    'memory-pressure:NoSchedule',
    'network-unavailable:NoSchedule',
    'not-ready:NoExecute',
    'pid-pressure:NoSchedule',
    'unreachable:NoExecute',
    'unschedulable:NoSchedule',
  ]);
});

test('a rolling update takes one node after the other, and waits for the new Pod', async (t) => {
  const rig = createRig({ nodes: 3, ready: false });
  t.after(rig.stop);
  rig.objects.create(daemonSet());
  await settle();
  for (const pod of rig.pods()) rig.setReady(pod, true);
  await settle();
  rig.objects.patch('DaemonSet', 'default', 'agent', image('node:25'));
  for (let updated = 1; updated <= 3; updated += 1) {
    await settle();
    const fresh = rig.pods().filter((pod) => imageOf(pod) === 'node:25');
    assert.equal(fresh.length, updated);
    assert.equal(rig.pods().length, 3);
    for (const pod of fresh) rig.setReady(pod, true);
  }
  await settle();
  const status = rig.objects.get('DaemonSet', 'default', 'agent')?.['status'];
  assert.deepEqual([status.updatedNumberScheduled, status.numberAvailable, status.observedGeneration], [3, 3, 2]);
});

test('with surge the new Pod is there before the old one goes; OnDelete replaces nothing by itself', async (t) => {
  const rig = createRig({ nodes: 2, ready: false });
  t.after(rig.stop);
  rig.objects.create(
    daemonSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } }),
  );
  await settle();
  for (const pod of rig.pods()) rig.setReady(pod, true);
  await settle();
  rig.objects.patch('DaemonSet', 'default', 'agent', image('node:25'));
  for (let step = 0; step < 2; step += 1) {
    await settle();
    assert.equal(rig.pods().length, 3);
    for (const pod of rig.pods()) rig.setReady(pod, true);
  }
  await settle();
  assert.deepEqual(rig.pods().map(imageOf), ['node:25', 'node:25']);
  assert.deepEqual(places(rig), ['node1', 'node2']);

  rig.objects.patch('DaemonSet', 'default', 'agent', {
    spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } },
  });
  rig.objects.patch('DaemonSet', 'default', 'agent', image('node:26'));
  await settle();
  assert.deepEqual(rig.pods().map(imageOf), ['node:25', 'node:25']);
  const [first] = rig.pods();
  rig.objects.delete('Pod', 'default', first?.metadata.name as string);
  await settle();
  assert.deepEqual(
    rig
      .pods()
      .map((pod) => String(imageOf(pod)))
      .toSorted(),
    ['node:25', 'node:26'],
  );
});
