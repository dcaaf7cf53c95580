import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../kinds.ts';
import { conditionOf } from '../status.ts';
import { createRig, deployment, node, pod, type Rig, service, settle } from '../testing.ts';

const placeOf = ({ objects }: Rig, name: string): string | undefined =>
  objects.get<Pod>('Pod', 'default', name)?.spec.nodeName;
const why = ({ objects }: Rig, name: string): string | undefined =>
  conditionOf(objects.get('Pod', 'default', name) as Pod, 'PodScheduled')?.message;

test('Pods of one owner are spread over the nodes, also beside others', async (t) => {
  const rig = createRig({ nodes: 3 });
  t.after(rig.stop);
  for (const name of ['a', 'b']) rig.objects.create(pod(name, { spec: { nodeName: 'node1' } }));
  rig.objects.create(deployment('web', { replicas: 7 }));
  await settle();
  const perNode = Map.groupBy(
    rig.pods().filter(({ metadata }) => metadata.labels?.['app']),
    ({ spec }) => spec.nodeName,
  );
  assert.deepEqual([...perNode.values()].map(({ length }) => String(length)).toSorted(), ['2', '2', '3']);
});

test('chance decides between equal nodes, the same way for the same seed', async (t) => {
  const place = async (seed: number) => {
    const rig = createRig({ nodes: 3, seed });
    t.after(rig.stop);
    rig.objects.create(pod('a'));
    await settle();
    return placeOf(rig, 'a');
  };
  const seeds = Array.from({ length: 12 }, (_, i) => i);
  const first = await Promise.all(seeds.map(place));
  assert.deepEqual(new Set(first), new Set(['node1', 'node2', 'node3']));
  assert.deepEqual(await Promise.all(seeds.map(place)), first);
});

test('a scheduled Pod has the condition and the event', async (t) => {
  const rig = createRig({ nodes: 1, ready: false });
  t.after(rig.stop);
  rig.objects.create(pod('a'));
  await settle();
  assert.equal(conditionOf(rig.objects.get('Pod', 'default', 'a') as Pod, 'PodScheduled')?.status, 'True');
  const [event] = rig.objects.list('Event', { namespace: 'default' });
  assert.deepEqual([event?.['reason'], event?.['message']], ['Scheduled', 'Successfully assigned default/a to node1']);
});

test('selectors, affinity and taints decide, and the message says so in the words of the real scheduler', async (t) => {
  const rig = createRig({ nodes: 0 });
  t.after(rig.stop);
  rig.objects.create(pod('early'));
  await settle();
  assert.equal(why(rig, 'early'), 'no nodes available to schedule pods');

  const taints = [{ key: 'role', value: 'db', effect: 'NoSchedule' }];
  rig.objects.create(node('db', { labels: { disk: 'ssd', size: '9' }, spec: { taints } }));
  rig.objects.create(node('cordoned', { spec: { unschedulable: true } }));
  rig.objects.create(node('plain', { labels: { size: '1' } }));
  await settle();
  assert.equal(placeOf(rig, 'early'), 'plain');

  const affinity = (operator: string, values: string[], key = 'size') => ({
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key, operator, values }] }],
      },
    },
  });
  const tolerations = [{ key: 'role', operator: 'Equal', value: 'db', effect: 'NoSchedule' }];
  rig.objects.create(pod('on-db', { spec: { tolerations, nodeSelector: { disk: 'ssd' } } }));
  rig.objects.create(
    pod('bigger', { spec: { tolerations: [{ operator: 'Exists' }], affinity: affinity('Gt', ['5']) } }),
  );
  rig.objects.create(pod('nowhere', { spec: { nodeSelector: { disk: 'tape' } } }));
  await settle();
  assert.equal(placeOf(rig, 'on-db'), 'db');
  assert.equal(placeOf(rig, 'bigger'), 'db');
  assert.equal(
    why(rig, 'nowhere'),
    "0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, " +
      '1 node(s) had untolerated taint {role: db}, ' +
      '1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/3 nodes are available: ' +
      '3 Preemption is not helpful for scheduling.',
  );
  rig.objects.patch('Node', undefined, 'plain', { metadata: { labels: { disk: 'tape' } } });
  await settle();
  assert.equal(placeOf(rig, 'nowhere'), 'plain');
});

test('Pods wait for a node to become ready', async (t) => {
  const rig = createRig({ nodes: 0 });
  t.after(rig.stop);
  const created = rig.objects.create(node('n', { ready: false }));
  rig.objects.create(pod('a'));
  await settle();
  assert.match(String(why(rig, 'a')), /untolerated taint \{node\.kubernetes\.io\/not-ready: \}/);
  assert.deepEqual(rig.objects.get('Node', undefined, 'n')?.['spec'].taints, [
    { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
  ]);
  rig.objects.updateStatus({ ...created, metadata: { name: 'n' }, status: node('n').status });
  await settle();
  assert.equal(placeOf(rig, 'a'), 'n');
  assert.equal(rig.objects.get('Node', undefined, 'n')?.['spec'].taints, undefined);
});

test('host ports and the number of Pods are limits of a node', async (t) => {
  const rig = createRig({ nodes: 0 });
  t.after(rig.stop);
  const small = node('small');
  rig.objects.create({ ...small, status: { ...small['status'], allocatable: { pods: '2' } } });
  const ports = (hostPort: number, hostIP?: string) => ({
    containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort, hostIP }] }],
  });
  rig.objects.create(pod('a', { spec: ports(8080) }));
  rig.objects.create(pod('b', { spec: ports(8080, '127.0.0.1') }));
  rig.objects.create(pod('c', { spec: ports(8081) }));
  await settle();
  rig.objects.create(pod('d'));
  await settle();
  assert.equal(placeOf(rig, 'a'), 'small');
  assert.match(
    String(why(rig, 'b')),
    new RegExp(
      "^0/1 nodes are available: 1 node\\(s\\) didn't have free ports for the requested pod ports\\. " +
        '.*No preemption victims found',
    ),
  );
  assert.equal(placeOf(rig, 'c'), 'small');
  assert.match(String(why(rig, 'd')), /1 Too many pods/);
  rig.objects.delete('Pod', 'default', 'c');
  await settle();
  assert.equal(placeOf(rig, 'd'), 'small');
});

test('required anti-affinity keeps Pods apart, and lets them in when there is room', async (t) => {
  const rig = createRig({ nodes: 2 });
  t.after(rig.stop);
  const apart = {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'db' } } },
      ],
    },
  };
  for (const name of ['a', 'b', 'c'])
    rig.objects.create(pod(name, { labels: { app: 'db' }, spec: { affinity: apart } }));
  await settle();
  assert.deepEqual([placeOf(rig, 'a'), placeOf(rig, 'b'), placeOf(rig, 'c')], ['node1', 'node2', undefined]);
  assert.match(String(why(rig, 'c')), /2 node\(s\) didn't match pod anti-affinity rules/);
  rig.objects.create(pod('plain', { labels: { app: 'db' } }));
  await settle();
  assert.match(String(why(rig, 'plain')), /2 node\(s\) didn't satisfy existing pods anti-affinity rules/);
  rig.objects.delete('Pod', 'default', 'a');
  await settle();
  assert.equal(placeOf(rig, 'c'), 'node1');
});

test('affinity brings Pods together, the first of them anywhere', async (t) => {
  const rig = createRig({ nodes: 3 });
  t.after(rig.stop);
  const together = {
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'pair' } } },
      ],
    },
  };
  for (const name of ['a', 'b', 'c'])
    rig.objects.create(pod(name, { labels: { app: 'pair' }, spec: { affinity: together } }));
  rig.objects.create(
    pod('lonely', { labels: { app: 'other' }, spec: { affinity: { podAffinity: together.podAffinity } } }),
  );
  await settle();
  assert.equal(new Set(['a', 'b', 'c', 'lonely'].map((name) => placeOf(rig, name))).size, 1);
});

test('topology spread constraints hold where they must', async (t) => {
  const rig = createRig({ nodes: 0 });
  t.after(rig.stop);
  for (const [name, zone] of [
    ['a1', 'a'],
    ['a2', 'a'],
    ['b1', 'b'],
  ] as const)
    rig.objects.create(node(name, { labels: { zone } }));
  const constraint = {
    maxSkew: 1,
    topologyKey: 'zone',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: { app: 'x' } },
  };
  for (let i = 1; i <= 4; i += 1) {
    rig.objects.create(pod(`x${i}`, { labels: { app: 'x' }, spec: { topologySpreadConstraints: [constraint] } }));
    await settle();
  }
  const zones = rig.pods().map(({ spec }) => String(spec.nodeName).slice(0, 1));
  assert.deepEqual(zones.toSorted(), ['a', 'a', 'b', 'b']);
});

const preferred = (kind: 'podAffinity' | 'podAntiAffinity', app: string, weight: number) => ({
  affinity: {
    [kind]: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight,
          podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } },
        },
      ],
    },
  },
});

test('preferred affinity draws Pods together or keeps them apart, and gives way to what is required', async (t) => {
  const rig = createRig({ nodes: 3 });
  t.after(rig.stop);
  const { objects } = rig;
  objects.create(pod('web', { labels: { app: 'web' }, spec: { nodeName: 'node2' } }));
  objects.create(pod('shy', { spec: { nodeName: 'node1', ...preferred('podAntiAffinity', 'cache', 100) } }));
  objects.create(pod('near', { spec: preferred('podAffinity', 'web', 10) }));
  objects.create(pod('far', { spec: preferred('podAntiAffinity', 'web', 10) }));
  // where the Pod that is there does not want it, it goes last
  objects.create(pod('cache', { labels: { app: 'cache' } }));
  objects.create(
    pod('held', {
      spec: { ...preferred('podAffinity', 'web', 10), nodeSelector: { 'kubernetes.io/hostname': 'node3' } },
    }),
  );
  await settle();
  assert.equal(placeOf(rig, 'near'), 'node2');
  assert.notEqual(placeOf(rig, 'far'), 'node2');
  assert.notEqual(placeOf(rig, 'cache'), 'node1');
  assert.equal(placeOf(rig, 'held'), 'node3');
});

test('a preferred node and an avoided taint weigh against each other as they do in the real scheduler', async (t) => {
  const rig = createRig({ nodes: 1 });
  t.after(rig.stop);
  rig.objects.create(node('ssd', { labels: { disk: 'ssd' } }));
  rig.objects.create(node('spare', { spec: { taints: [{ key: 'spare', effect: 'PreferNoSchedule' }] } }));
  const wish = (key: string, value: string) => ({
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, preference: { matchExpressions: [{ key, operator: 'In', values: [value] }] } },
      ],
    },
  });
  rig.objects.create(pod('fast', { spec: { affinity: wish('disk', 'ssd') } }));
  rig.objects.create(pod('spared', { spec: { affinity: wish('kubernetes.io/hostname', 'spare') } }));
  await settle();
  assert.equal(placeOf(rig, 'fast'), 'ssd');
  assert.notEqual(placeOf(rig, 'spared'), 'spare');
});

test('Pods of one Service are spread over nodes and zones, without constraints of their own', async (t) => {
  const rig = createRig({ nodes: 0 });
  t.after(rig.stop);
  for (const [name, zone] of [
    ['a1', 'a'],
    ['a2', 'a'],
    ['a3', 'a'],
    ['b1', 'b'],
  ] as const)
    rig.objects.create(node(name, { labels: { 'topology.kubernetes.io/zone': zone } }));
  rig.objects.create(service('web', { selector: { app: 'web' } }));
  for (const name of ['w1', 'w2', 'w3', 'w4']) {
    rig.objects.create(pod(name, { labels: { app: 'web' } }));
    await settle();
  }
  const places = ['w1', 'w2', 'w3', 'w4'].map((name) => placeOf(rig, name));
  assert.equal(new Set(places).size, 4);
  // the second one goes to the other zone
  assert.equal(places[1], 'b1');
});

test('the more of its processor and memory is free, the better is a node', async (t) => {
  const rig = createRig({ nodes: 0 });
  t.after(rig.stop);
  const sized = (name: string, cpu: string) => {
    const { status, ...rest } = node(name);
    return { ...rest, kind: 'Node', status: { ...status, allocatable: { cpu, memory: '8Gi', pods: '110' } } };
  };
  rig.objects.create(sized('small', '1'));
  rig.objects.create(sized('large', '4'));
  const asking = (cpu: string) => ({ containers: [{ name: 'c', image: 'i', resources: { requests: { cpu } } }] });
  rig.objects.create(pod('a', { spec: asking('500m') }));
  await settle();
  rig.objects.create(pod('big', { spec: { ...asking('3900m'), nodeName: 'large' } }));
  rig.objects.create(pod('b', { spec: asking('100m') }));
  await settle();
  assert.deepEqual([placeOf(rig, 'a'), placeOf(rig, 'b')], ['large', 'small']);
});

test('minDomains keeps room for domains to come, matchLabelKeys tells revisions apart', async (t) => {
  const rig = createRig({ nodes: 0 });
  t.after(rig.stop);
  rig.objects.create(node('a1', { labels: { zone: 'a' } }));
  const constraint = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', minDomains: 2 };
  const labelSelector = { matchLabels: { app: 'x' } };
  const spread = (name: string, revision: string) =>
    pod(name, {
      labels: { app: 'x', revision },
      spec: { topologySpreadConstraints: [{ ...constraint, labelSelector, matchLabelKeys: ['revision'] }] },
    });
  for (const [name, revision] of [
    ['old1', '1'],
    ['old2', '1'],
    ['new1', '2'],
  ] as const)
    rig.objects.create(spread(name, revision));
  await settle();
  const places = () => ['old1', 'old2', 'new1'].map((name) => placeOf(rig, name));
  assert.deepEqual(places(), ['a1', undefined, 'a1']);
  rig.objects.create(node('b1', { labels: { zone: 'b' } }));
  await settle();
  assert.deepEqual(places(), ['a1', 'b1', 'a1']);
});

test('a Pod for another scheduler, or with a gate, is left alone', async (t) => {
  const rig = createRig();
  t.after(rig.stop);
  rig.objects.create(pod('other', { spec: { schedulerName: 'mine' } }));
  rig.objects.create(pod('gated', { spec: { schedulingGates: [{ name: 'wait' }] } }));
  await settle();
  assert.deepEqual([placeOf(rig, 'other'), placeOf(rig, 'gated')], [undefined, undefined]);
  rig.objects.patch('Pod', 'default', 'gated', { spec: { schedulingGates: null } });
  await settle();
  assert.ok(placeOf(rig, 'gated'));
});
