import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint, EndpointSlice, Pod } from '../../kinds.ts';
import { container, createRig, deployment, pod, type Rig, service, settle } from '../testing.ts';

const slices = ({ objects }: Rig, name = 'web'): EndpointSlice[] =>
  objects.list<EndpointSlice>('EndpointSlice', {
    namespace: 'default',
    labelSelector: `kubernetes.io/service-name=${name}`,
  });
const endpoints = (rig: Rig, name = 'web'): Endpoint[] => slices(rig, name).flatMap((slice) => slice.endpoints);
const labels = { app: 'web' };

test('a Service without Pods has an empty slice; its Pods appear with conditions, node and reference', async (t) => {
  const rig = createRig({ nodes: 1, ready: false, end: false });
  t.after(rig.stop);
  const created = rig.objects.create({
    ...service('web'),
    metadata: { name: 'web', namespace: 'default', labels: { team: 'a' } },
  });
  await settle();
  const [empty] = slices(rig);
  assert.deepEqual([empty?.ports, empty?.endpoints, empty?.addressType], [[], [], 'IPv4']);
  assert.deepEqual(empty?.metadata.labels, {
    team: 'a',
    'kubernetes.io/service-name': 'web',
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    ...(created['spec'].clusterIP ? {} : { 'service.kubernetes.io/headless': '' }),
  });
  assert.equal(empty?.metadata.ownerReferences?.[0]?.uid, created.metadata.uid);

  rig.objects.create(pod('a', { labels }));
  await settle();
  assert.deepEqual(endpoints(rig), [], 'no address yet');
  const read = () => rig.objects.get<Pod>('Pod', 'default', 'a') as Pod;
  rig.setReady(read(), false);
  await settle();
  const expected = {
    addresses: [read().status?.podIP],
    conditions: { ready: false, serving: false, terminating: false },
    nodeName: 'node1',
    targetRef: { kind: 'Pod', namespace: 'default', name: 'a', uid: read().metadata.uid },
  };
  assert.deepEqual(endpoints(rig), [expected]);
  assert.deepEqual(
    slices(rig).map(({ ports }) => ports),
    [[{ name: 'http', protocol: 'TCP', port: 8080 }]],
  );

  rig.setReady(read(), true);
  await settle();
  assert.deepEqual(endpoints(rig)[0]?.conditions, { ready: true, serving: true, terminating: false });
  rig.objects.delete('Pod', 'default', 'a');
  await settle();
  assert.deepEqual(endpoints(rig)[0]?.conditions, { ready: false, serving: true, terminating: true });
  rig.setReady(read(), false);
  await settle();
  assert.deepEqual(endpoints(rig)[0]?.conditions, { ready: false, serving: false, terminating: true });
  rig.objects.delete('Pod', 'default', 'a', { gracePeriodSeconds: 0 });
  await settle();
  assert.deepEqual(endpoints(rig), []);
  assert.equal(slices(rig).length, 1);
  rig.objects.delete('Service', 'default', 'web');
  await settle();
  assert.deepEqual(slices(rig), []);
});

test('the slice changes before the event loop turns', async (t) => {
  const rig = createRig({ nodes: 1, ready: false });
  t.after(rig.stop);
  rig.objects.create(service('web'));
  rig.objects.create(pod('a', { labels }));
  await settle();
  rig.setReady(rig.objects.get<Pod>('Pod', 'default', 'a') as Pod, true);
  let turned = false;
  setImmediate(() => (turned = true));
  for (let microtasks = 0; !endpoints(rig)[0]?.conditions?.ready; microtasks += 1) {
    await Promise.resolve();
    assert.equal(turned, false);
    assert.ok(microtasks < 10_000, 'not before the event loop turns');
  }
});

test('changes of one turn are one write', async (t) => {
  const rig = createRig({ nodes: 1, ready: false });
  t.after(rig.stop);
  rig.objects.create(service('web'));
  rig.objects.create(deployment('web', { replicas: 10 }));
  await settle();
  const versions: number[] = [];
  t.after(
    rig.objects.watch<EndpointSlice>('EndpointSlice', ({ type, object }) => {
      if (type !== 'DELETED') versions.push(object.endpoints.length);
    }),
  );
  await settle();
  versions.length = 0;
  for (const each of rig.pods()) rig.setReady(each, true);
  await settle();
  assert.deepEqual(versions, [10]);
});

test('publishNotReadyAddresses makes every endpoint ready, terminating ones too', async (t) => {
  const rig = createRig({ nodes: 1, ready: false, end: false });
  t.after(rig.stop);
  rig.objects.create(service('web', { clusterIP: 'None', publishNotReadyAddresses: true }));
  rig.objects.create(pod('a', { labels, spec: { hostname: 'db-0', subdomain: 'web' } }));
  rig.objects.create(pod('b', { labels, spec: { hostname: 'db-1', subdomain: 'other' } }));
  await settle();
  for (const each of rig.pods()) rig.setReady(each, false);
  rig.objects.delete('Pod', 'default', 'b');
  await settle();
  const [a, b] = endpoints(rig).toSorted((x, y) => (String(x.targetRef?.name) < String(y.targetRef?.name) ? -1 : 1));
  assert.deepEqual([a?.conditions?.ready, a?.hostname], [true, 'db-0']);
  assert.deepEqual([b?.conditions, b?.hostname], [{ ready: true, serving: false, terminating: true }, undefined]);
  assert.equal(slices(rig)[0]?.metadata.labels?.['service.kubernetes.io/headless'], '');
});

test('a named target port may have another number on each Pod: a slice for each', async (t) => {
  const rig = createRig({ nodes: 1 });
  t.after(rig.stop);
  rig.objects.create(service('web', { ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }] }));
  const withPort = (containerPort: number, name = 'http', protocol = 'TCP') => ({
    containers: [{ ...container, ports: [{ name, containerPort, protocol }] }],
  });
  rig.objects.create(pod('a', { labels, spec: withPort(8080) }));
  rig.objects.create(pod('b', { labels, spec: withPort(9090) }));
  rig.objects.create(pod('c', { labels, spec: withPort(9090) }));
  rig.objects.create(pod('nameless', { labels, spec: withPort(7070, 'other') }));
  rig.objects.create(pod('udp', { labels, spec: withPort(8080, 'http', 'UDP') }));
  await settle();
  const found = slices(rig).map((slice) => [
    slice.ports.map(({ port }) => port),
    slice.endpoints.map(({ targetRef }) => String(targetRef?.name)).toSorted(),
  ]);
  assert.deepEqual(
    found.toSorted((x, y) => (String(x) < String(y) ? -1 : 1)),
    [
      [[], ['nameless', 'udp']],
      [[8080], ['a']],
      [[9090], ['b', 'c']],
    ],
  );
});

test('at most 100 endpoints in a slice, and no endpoint moves to another slice', async (t) => {
  const rig = createRig({ nodes: 3 });
  t.after(rig.stop);
  rig.objects.create(service('web'));
  rig.objects.create(deployment('web', { replicas: 250 }));
  await settle();
  assert.deepEqual(
    slices(rig)
      .map((slice) => slice.endpoints.length)
      .toSorted((a, b) => a - b),
    [50, 100, 100],
  );
  const place = () =>
    new Map(
      slices(rig).flatMap((slice) => slice.endpoints.map(({ targetRef }) => [targetRef?.name, slice.metadata.name])),
    );
  const before = place();
  rig.objects.patch('Deployment', 'default', 'web', { spec: { replicas: 180 } });
  await settle();
  const after = place();
  assert.equal(after.size, 180);
  for (const [name, slice] of after) assert.equal(before.get(name), slice);
  rig.objects.patch('Deployment', 'default', 'web', { spec: { replicas: 200 } });
  await settle();
  assert.equal(place().size, 200);
  assert.ok(slices(rig).every((slice) => slice.endpoints.length <= 100));
});

test('changed labels and selectors are followed; Services without a selector are left alone', async (t) => {
  const rig = createRig({ nodes: 1 });
  t.after(rig.stop);
  rig.objects.create(service('web'));
  rig.objects.create(service('other'));
  rig.objects.create(service('external', { selector: undefined }));
  rig.objects.create(pod('a', { labels }));
  await settle();
  const seen = () => [endpoints(rig).length, endpoints(rig, 'other').length, slices(rig, 'external').length];
  assert.deepEqual(seen(), [1, 0, 0]);
  rig.objects.patch('Pod', 'default', 'a', { metadata: { labels: { app: 'other' } } });
  await settle();
  assert.deepEqual(seen(), [0, 1, 0]);
  rig.objects.patch('Service', 'default', 'web', { spec: { selector: { app: 'other' } } });
  await settle();
  assert.deepEqual(seen(), [1, 1, 0]);
});

test('a slice that someone deletes or changes is put right', async (t) => {
  const rig = createRig({ nodes: 1 });
  t.after(rig.stop);
  rig.objects.create(service('web'));
  rig.objects.create(pod('a', { labels }));
  await settle();
  const name = () => slices(rig)[0]?.metadata.name as string;
  rig.objects.patch('EndpointSlice', 'default', name(), { endpoints: [] });
  await settle();
  assert.equal(endpoints(rig).length, 1);
  rig.objects.delete('EndpointSlice', 'default', name());
  await settle();
  assert.equal(endpoints(rig).length, 1);
});
