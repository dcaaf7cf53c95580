/** The runtime's half of the CNI protocol, seen by a plugin that writes down what it gets and does what it is told. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pod } from '../../kinds.ts';
import {
  isGone,
  isReady,
  placeConfig,
  placePlugin,
  type TestCluster,
  testCluster,
  testInside,
  until,
} from '../../testing.ts';

await testInside();

/**
 * Appends "VERB NAME" to /run/calls and keeps environment and stdin of each call. Waits where there is a fifo
 * /run/hold/VERB.NAME until somebody writes to it. Fails where /run/fail/VERB.NAME holds an error object. ADD answers
 * with its prevResult, else with an address.
 */
const recorder = `#!/bin/sh
name=\${0##*/}
n=$(ls /run/calls.d | wc -l)
echo "$CNI_COMMAND $name" >>/run/calls
env | grep ^CNI_ | sort >/run/calls.d/$n.$CNI_COMMAND.$name.env
cat >/run/calls.d/$n.$CNI_COMMAND.$name.json
if [ -p "/run/hold/$CNI_COMMAND.$name" ]; then cat "/run/hold/$CNI_COMMAND.$name"; fi
if [ -e "/run/fail/$CNI_COMMAND.$name" ]; then cat "/run/fail/$CNI_COMMAND.$name"; exit 1; fi
[ "$CNI_COMMAND" = ADD ] || exit 0
if [ "$name" = first ]; then
  nsenter --net="$CNI_NETNS" ip link add "$CNI_IFNAME" type veth peer name x
  echo '{"cniVersion":"1.1.0","interfaces":[{"name":"eth0","sandbox":"'"$CNI_NETNS"'"}],'
  echo '"ips":[{"address":"10.9.8.7/24","interface":0}]}'
else
  node -e '
    const { prevResult } = JSON.parse(require("fs").readFileSync(process.argv[1]));
    prevResult.ips.push({ address: "10.9.8.8/24", interface: 0 });
    console.log(JSON.stringify(prevResult));' /run/calls.d/$n.$CNI_COMMAND.$name.json
fi
`;

let cluster: TestCluster;
let run: string;
before(async () => {
  cluster = await testCluster(1);
  const [node] = cluster.nodes;
  assert.ok(node);
  run = join(node.state, 'run');
  for (const name of ['first', 'second']) placePlugin(node, name, { script: recorder });
  mkdirSync(join(run, 'fail'));
  mkdirSync(join(run, 'hold'));
  mkdirSync(join(run, 'calls.d'));
});
after(() => cluster.stop());
beforeEach(() => {
  for (const directory of ['fail', 'calls.d'])
    for (const file of readdirSync(join(run, directory))) rmSync(join(run, directory, file));
  rmSync(join(run, 'calls'), { force: true });
});

const configuration = (cniVersion: string, more: object = {}) => ({
  cniVersion,
  name: 'net',
  plugins: [
    { type: 'first', own: 'option' },
    { type: 'second', capabilities: { portMappings: true, dns: true, unknown: true } },
  ],
  ...more,
});

const calls = (): string[] =>
  existsSync(join(run, 'calls')) ? readFileSync(join(run, 'calls'), 'utf8').trim().split('\n') : [];
const withoutStatus = () => calls().filter((call) => !/^(STATUS|GC) /.test(call));
function call(verb: string, name: string): { env: string[]; stdin: Record<string, unknown> } {
  const file = readdirSync(join(run, 'calls.d')).find((each) => each.includes(`.${verb}.${name}.json`)) as string;
  const path = join(run, 'calls.d', file);
  return {
    env: readFileSync(path.replace(/json$/, 'env'), 'utf8').trim().split('\n'),
    stdin: JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>,
  };
}
const fail = (verb: string, name: string, error: object | string) =>
  writeFileSync(join(run, 'fail', `${verb}.${name}`), typeof error === 'string' ? error : JSON.stringify(error));
/** Has calls of a plugin wait from now on, until what is returned is called. */
function hold(verb: string, name: string): () => void {
  const fifo = join(run, 'hold', `${verb}.${name}`);
  execFileSync('mkfifo', [fifo]);
  return () => {
    writeFileSync(fifo, '');
    rmSync(fifo);
  };
}
const recover = (verb: string, name: string) => rmSync(join(run, 'fail', `${verb}.${name}`));

async function eventually(condition: () => boolean, what: () => unknown): Promise<void> {
  for (const deadline = Date.now() + 300_000; !condition(); ) {
    assert.ok(Date.now() < deadline, JSON.stringify(what()));
    await delay(20);
  }
}

/** Puts a configuration in another's place; resolves when the kubelet works by it. */
async function useConfig(config: object): Promise<void> {
  const node = cluster.nodes[0] as TestCluster['nodes'][number];
  rmSync(join(node.state, 'etc-cni/net.d/10-test.conflist'), { force: true });
  await nodeReady(false);
  placeConfig(node, config);
  await nodeReady(true);
}

const nodeReady = (wanted: boolean) => until(cluster.objects, 'Node', 'node1', (object) => isReady(object) === wanted);
let serial = 0;
function pod(more: object = {}): Pod {
  serial += 1;
  return cluster.objects.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `cni-${serial}`, namespace: 'default' },
    spec: {
      nodeName: 'node1',
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'main', image: 'registry.k8s.io/pause:3.10' }],
      ...more,
    },
  });
}
const settled = (made: Pod, condition: (object: Pod | undefined) => boolean) =>
  until<Pod>(cluster.objects, 'Pod', made.metadata.name, condition);
async function remove(made: Pod): Promise<void> {
  cluster.objects.delete('Pod', 'default', made.metadata.name);
  await settled(made, isGone);
}
const eventsOf = (made: Pod, reason: string) =>
  cluster.objects
    .list('Event')
    .filter((event) => event['involvedObject'].uid === made.metadata.uid && event['reason'] === reason);

test('without a configuration the node is not ready, in the real words; only hostNetwork Pods start', async () => {
  const node = cluster.objects.get('Node', undefined, 'node1');
  const ready = node?.['status'].conditions.find(({ type }: { type: string }) => type === 'Ready');
  assert.equal(ready.reason, 'KubeletNotReady');
  assert.equal(
    ready.message,
    'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady ' +
      'message:Network plugin returns error: cni plugin not initialized',
  );
  assert.deepEqual(node?.['spec'].taints, [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }]);
  const [own, other] = [pod({ hostNetwork: true }), pod()];
  await settled(own, isReady);
  await eventually(
    () => eventsOf(other, 'NetworkNotReady').length === 1,
    () => cluster.objects.list('Event'),
  );
  placeConfig(cluster.nodes[0] as TestCluster['nodes'][number], configuration('1.0.0'));
  await settled(other, isReady);
  assert.equal(cluster.objects.get('Node', undefined, 'node1')?.['spec'].taints?.length ?? 0, 0);
  await Promise.all([remove(own), remove(other)]);
});

test('ADD and DEL: the environment, the stdin, the chain, the cache', async () => {
  placeConfig(cluster.nodes[0] as TestCluster['nodes'][number], configuration('1.0.0'));
  await nodeReady(true);
  const ports = [{ containerPort: 80, hostPort: 8080, protocol: 'UDP' }, { containerPort: 81 }];
  const made = await settled(
    pod({ containers: [{ name: 'main', image: 'registry.k8s.io/pause:3.10', ports }] }),
    isReady,
  );
  assert.deepEqual(made.status?.podIPs, [{ ip: '10.9.8.7' }, { ip: '10.9.8.8' }]);
  await remove(made);
  assert.deepEqual(withoutStatus(), ['ADD first', 'ADD second', 'DEL second', 'DEL first']);

  const { name, namespace, uid } = made.metadata;
  const add = call('ADD', 'first');
  const id = add.env.find((line) => line.startsWith('CNI_CONTAINERID='))?.split('=')[1] ?? '';
  const netns = add.env.find((line) => line.startsWith('CNI_NETNS='))?.split('=')[1] ?? '';
  assert.match(id, /^[0-9a-f]{64}$/);
  assert.match(netns, /^\/run\/netns\/cni-[0-9a-f-]{36}$/);
  assert.deepEqual(add.env, [
    `CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=${namespace};K8S_POD_NAME=${name};` +
      `K8S_POD_INFRA_CONTAINER_ID=${id};K8S_POD_UID=${uid}`,
    'CNI_COMMAND=ADD',
    `CNI_CONTAINERID=${id}`,
    'CNI_IFNAME=eth0',
    `CNI_NETNS=${netns}`,
    'CNI_PATH=/opt/cni/bin',
  ]);
  assert.deepEqual(add.stdin, { type: 'first', own: 'option', cniVersion: '1.0.0', name: 'net' });
  const interfaces = [{ name: 'eth0', sandbox: netns }];
  const first = { cniVersion: '1.1.0', interfaces, ips: [{ address: '10.9.8.7/24', interface: 0 }] };
  const last = { ...first, ips: [...first.ips, { address: '10.9.8.8/24', interface: 0 }] };
  const runtimeConfig = {
    portMappings: [{ HostPort: 8080, ContainerPort: 80, Protocol: 'udp', HostIP: '' }],
    dns: {
      Servers: ['10.96.0.10'],
      Searches: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
      Options: ['ndots:5'],
    },
  };
  const second = { type: 'second', cniVersion: '1.0.0', name: 'net', runtimeConfig };
  assert.deepEqual(call('ADD', 'second').stdin, { ...second, prevResult: first });
  assert.deepEqual(call('DEL', 'first').stdin, { ...add.stdin, prevResult: last });
  assert.deepEqual(readdirSync(join(run, '../var-lib-cni/results')), []);
});

test('DEL is given no prevResult below 0.4.0', async () => {
  for (const config of [configuration('0.3.1'), configuration('1.0.0')]) {
    rmSync(join(run, 'calls'), { force: true });
    await useConfig(config);
    await remove(await settled(pod(), isReady));
    assert.deepEqual(withoutStatus(), ['ADD first', 'ADD second', 'DEL second', 'DEL first']);
  }
  const stored = readdirSync(join(run, 'calls.d')).filter((file) => file.includes('DEL.first.json'));
  stored.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  const given = stored.map((file) => JSON.parse(readFileSync(join(run, 'calls.d', file), 'utf8')) as object);
  assert.deepEqual(
    given.map((stdin) => 'prevResult' in stdin),
    [false, true],
  );
});

test('a failing ADD is told with its code and message, undone by DEL of the whole chain, and tried anew', async () => {
  placeConfig(cluster.nodes[0] as TestCluster['nodes'][number], configuration('1.0.0'));
  fail('ADD', 'second', { cniVersion: '1.0.0', code: 11, msg: 'try again', details: 'no room' });
  const made = pod();
  await eventually(() => withoutStatus().length >= 4, calls);
  recover('ADD', 'second');
  await settled(made, isReady);
  const all = withoutStatus();
  assert.deepEqual(all.slice(0, 4), ['ADD first', 'ADD second', 'DEL second', 'DEL first']);
  const [event] = eventsOf(made, 'FailedCreatePodSandBox');
  assert.match(
    event?.['message'],
    new RegExp(
      'failed to setup network for sandbox "[0-9a-f]{64}": ' +
        'plugin type="second" failed \\(add\\): try again; no room \\(code 11\\)$',
    ),
  );
  const ids = readdirSync(join(run, 'calls.d'))
    .filter((file) => file.includes('ADD.first.env'))
    .map((file) => /CONTAINERID=(\w+)/.exec(readFileSync(join(run, 'calls.d', file), 'utf8'))?.[1]);
  assert.equal(new Set(ids).size, ids.length, 'no container ID is used twice');
  await remove(made);
});

test('a result without an address of eth0 is refused', async () => {
  placePlugin(cluster.nodes[0] as TestCluster['nodes'][number], 'none', { script: '#!/bin/sh\necho "{}"\n' });
  await useConfig({ cniVersion: '1.0.0', name: 'net', plugins: [{ type: 'none' }] });
  const made = pod();
  await eventually(
    () => eventsOf(made, 'FailedCreatePodSandBox').length > 0,
    () => cluster.objects.list('Event'),
  );
  assert.match(eventsOf(made, 'FailedCreatePodSandBox')[0]?.['message'], /failed to find network info for sandbox/);
  await remove(made);
});

test('DEL is repeated until it succeeds, and the Pod stays until then', async () => {
  await useConfig(configuration('1.0.0'));
  const made = await settled(pod(), isReady);
  fail('DEL', 'first', 'not even an error object');
  cluster.objects.delete('Pod', 'default', made.metadata.name);
  await eventually(() => calls().filter((each) => each === 'DEL first').length >= 2, calls);
  assert.ok(cluster.objects.get('Pod', 'default', made.metadata.name));
  assert.match(
    eventsOf(made, 'FailedKillPod')[0]?.['message'],
    /plugin type="first" failed \(delete|del\): netplugin failed: not even an error object/,
  );
  recover('DEL', 'first');
  await settled(made, isGone);
});

test('STATUS of a 1.1.0 list decides whether the node is ready; below it is never asked', async () => {
  placeConfig(cluster.nodes[0] as TestCluster['nodes'][number], configuration('1.0.0'));
  await nodeReady(true);
  assert.ok(!calls().some((each) => each.startsWith('STATUS')));
  fail('STATUS', 'second', { cniVersion: '1.1.0', code: 50, msg: 'pool empty' });
  placeConfig(cluster.nodes[0] as TestCluster['nodes'][number], configuration('1.1.0'));
  const unready = await nodeReady(false);
  const { message } = unready['status'].conditions.find(({ type }: { type: string }) => type === 'Ready');
  assert.match(
    message,
    /message:Network plugin returns error: plugin type="second" failed \(status\): pool empty \(code 50\)$/,
  );
  recover('STATUS', 'second');
  await nodeReady(true);
  assert.deepEqual(call('STATUS', 'first').env, ['CNI_COMMAND=STATUS', 'CNI_PATH=/opt/cni/bin']);
});

test('GC names what is attached and follows a DEL for what is remembered and is not', async () => {
  const node = cluster.nodes[0] as TestCluster['nodes'][number];
  placeConfig(node, configuration('1.1.0'));
  await nodeReady(true);
  const made = await settled(pod(), isReady);
  const stale = {
    kind: 'cniCacheV1',
    containerId: 'stale',
    ifName: 'eth0',
    networkName: 'net',
    netns: '/run/netns/stale',
    config: '',
    cniArgs: [],
    capabilityArgs: {},
    result: {},
  };
  writeFileSync(join(node.state, 'var-lib-cni/results/net-stale-eth0'), JSON.stringify(stale));
  rmSync(join(run, 'calls'));
  for (const file of readdirSync(join(run, 'calls.d'))) rmSync(join(run, 'calls.d', file));
  placeConfig(node, configuration('1.1.0', { comment: 'another version of the file' }));
  await eventually(() => calls().includes('GC second'), calls);
  assert.deepEqual(
    calls().filter((each) => !each.startsWith('STATUS')),
    ['DEL second', 'DEL first', 'GC first', 'GC second'],
  );
  assert.ok(call('DEL', 'first').env.includes('CNI_CONTAINERID=stale'));
  const { stdin, env } = call('GC', 'first');
  const ids = (stdin['cni.dev/valid-attachments'] as { containerID: string; ifname: string }[]).map(
    ({ containerID, ifname }) => `${containerID.length} ${ifname}`,
  );
  assert.deepEqual(ids, ['64 eth0']);
  assert.deepEqual(stdin['cni.dev/attachments'], stdin['cni.dev/valid-attachments']);
  assert.deepEqual(env, ['CNI_COMMAND=GC', 'CNI_PATH=/opt/cni/bin']);
  await remove(made);
});

test('no ADD begins while a GC runs, and no GC while an ADD does: what is being added would be garbage', async () => {
  const node = cluster.nodes[0] as TestCluster['nodes'][number];
  const place = (comment: string) => placeConfig(node, configuration('1.1.0', { comment }));
  const seen = (call: string) => calls().includes(call);
  const statuses = () => calls().filter((call) => call === 'STATUS second').length;
  place('a first version');
  await nodeReady(true);
  await eventually(() => seen('GC second'), calls);
  rmSync(join(run, 'calls'));

  const goOn = hold('GC', 'first');
  place('a second version');
  await eventually(() => seen('GC first'), calls);
  const waits = pod();
  const namespaces = () => readdirSync(join(run, 'netns'));
  await eventually(() => namespaces().length > 0, namespaces);
  // while a Pod without one is made and runs, an ADD that did not wait would have begun
  const other = await settled(pod({ hostNetwork: true }), isReady);
  assert.ok(!seen('ADD first'), 'an ADD beside a GC');
  goOn();
  await settled(waits, isReady);
  await Promise.all([remove(waits), remove(other)]);

  rmSync(join(run, 'calls'));
  const finish = hold('ADD', 'first');
  const slow = pod();
  await eventually(() => seen('ADD first'), calls);
  place('a third version');
  await eventually(() => statuses() > 0, calls);
  place('a fourth version');
  await eventually(() => statuses() > 1, calls);
  assert.ok(!seen('GC first'), 'a GC beside an ADD');
  finish();
  await settled(slow, isReady);
  place('a fifth version');
  await eventually(() => seen('GC second'), calls);
  await remove(slow);
});

test('Pods go away even when the configuration was removed before them', async () => {
  const node = cluster.nodes[0] as TestCluster['nodes'][number];
  placeConfig(node, configuration('1.0.0'));
  await nodeReady(true);
  const made = await settled(pod(), isReady);
  rmSync(join(node.state, 'etc-cni/net.d/10-test.conflist'));
  await nodeReady(false);
  await remove(made);
  assert.deepEqual(withoutStatus().slice(-2), ['DEL second', 'DEL first']);
});
