/** Pods on two nodes with a real CNI, real programs and real packets. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { installPtp, isGone, isReady, type TestCluster, testCluster, testInside, until } from '../testing.ts';
import type { Pod } from './types.ts';

await testInside();

let cluster: TestCluster;
let ptp = false;
before(async () => {
  cluster = await testCluster(2);
  ptp = await installPtp(cluster.nodes);
});
after(() => cluster.stop());

const server = `
  const { createServer } = require('node:http');
  createServer((request, response) => response.end(JSON.stringify({ from: request.socket.remoteAddress, ip: process.env.IP }))).listen(8080);
  process.on('SIGTERM', () => process.exit(0));
  console.log('serving');`;

let serial = 0;
function pod(spec: object, node = 'node1', metadata: object = {}): Pod {
  serial += 1;
  const name = `pod-${serial}`;
  return cluster.objects.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', ...metadata },
    spec: { nodeName: node, terminationGracePeriodSeconds: 2, ...spec },
  });
}

const container = (script: string, more: object = {}) => ({
  name: 'main',
  image: 'node:24',
  command: ['node', '-e', script],
  ...more,
});
const shell = (script: string, more: object = {}) => ({
  name: 'main',
  image: 'busybox',
  command: ['sh', '-c', script],
  ...more,
});
const web = (more: object = {}) =>
  container(server, {
    env: [{ name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
    readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1 },
    ...more,
  });

const settled = (made: Pod, condition: (object: Pod | undefined) => boolean, timeoutMs?: number) =>
  until<Pod>(cluster.objects, 'Pod', made.metadata.name, condition, timeoutMs);
const phase = (wanted: string) => (object: Pod | undefined) => object?.status?.phase === wanted;
const kubeletOf = (made: Pod) =>
  cluster.kubelets[
    cluster.nodes.findIndex(({ name }) => name === made.spec.nodeName)
  ] as TestCluster['kubelets'][number];

async function exec(
  made: Pod,
  argv: string[],
  options: { stdin?: NodeJS.ReadableStream; signal?: AbortSignal; container?: string } = {},
) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  let output = '';
  for (const stream of [stdout, stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const streams = { stdout, stderr, ...(options.stdin && { stdin: options.stdin }) };
  const signal = options.signal ?? new AbortController().signal;
  const code = await kubeletOf(made).exec('default', made.metadata.name, options.container ?? 'main', argv, streams, {
    tty: false,
    signal,
  });
  return { code, output };
}

async function logs(
  made: Pod,
  options: { follow?: boolean; previous?: boolean; tailLines?: number } = {},
): Promise<string> {
  const out = new PassThrough().setEncoding('utf8');
  let text = '';
  out.on('data', (chunk: string) => (text += chunk));
  await kubeletOf(made).logs('default', made.metadata.name, 'main', out, {
    ...options,
    signal: AbortSignal.timeout(5_000),
  });
  return text;
}

const remove = (made: Pod) => cluster.objects.delete('Pod', 'default', made.metadata.name);
const eventsOf = (made: Pod) =>
  cluster.objects.list('Event').filter(({ involvedObject }) => involvedObject.uid === made.metadata.uid);

test('Pods on two nodes reach each other, and see each other by their own addresses', async (t) => {
  if (!ptp) return t.skip('the ptp plugin has not been built');
  const [one, other] = await Promise.all([
    settled(pod({ containers: [web()] }), isReady),
    settled(pod({ containers: [web()] }, 'node2'), isReady),
  ]);
  const { code, output } = await exec(one, ['curl', '-sS', '--max-time', '5', `http://${other.status?.podIP}:8080/`]);
  assert.equal(code, 0, output);
  assert.deepEqual(JSON.parse(output), { from: `::ffff:${one.status?.podIP}`, ip: other.status?.podIP });
  assert.equal(await logs(one), 'serving\n');

  const [leaving, gone] = [cluster.nodes[0], settled(one, isGone)];
  remove(one);
  await gone;
  remove(other);
  await settled(other, isGone);
  for (const directory of [
    'run/netns',
    'run/netvet/sandboxes',
    'run/netvet/pods',
    'var-lib-cni/results',
    'var-log/pods',
  ]) {
    assert.deepEqual(readdirSync(join(leaving?.state as string, directory)), [], directory);
  }
  const links = await leaving?.run(['ip', '-br', 'link']);
  assert.doesNotMatch(links?.stdout ?? '', /veth/);
});

test('a container has its own root, host name, processes, variables and files', async (t) => {
  if (!ptp) return t.skip('the ptp plugin has not been built');
  cluster.objects.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'files', namespace: 'default' },
    data: { 'a.txt': 'A', 'app.conf': 'B', KEY: 'v' },
  });
  cluster.objects.create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'secret', namespace: 'default' },
    data: { token: Buffer.from('s3cret').toString('base64') },
  });
  const volumes = [
    { name: 'files', configMap: { name: 'files' } },
    { name: 'renamed', configMap: { name: 'files', items: [{ key: 'a.txt', path: 'in/a b.txt', mode: 0o640 }] } },
    { name: 'secret', secret: { secretName: 'secret' } },
    { name: 'scratch', emptyDir: {} },
    { name: 'labels', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
  ];
  const volumeMounts = [
    { name: 'renamed', mountPath: '/file s', readOnly: true },
    { name: 'files', mountPath: '/usr/src/app/app.conf', subPath: 'app.conf' },
    { name: 'secret', mountPath: '/etc/secret' },
    { name: 'scratch', mountPath: '/opt/data' },
    { name: 'labels', mountPath: '/podinfo' },
  ];
  const env = [
    { name: 'ONE', value: '1' },
    { name: 'TWO', value: '$(ONE)2 $(NONE) $$(ONE)' },
    { name: 'FROM', valueFrom: { configMapKeyRef: { name: 'files', key: 'KEY' } } },
    { name: 'LABEL', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
  ];
  const main = shell('echo started; exec sleep 1000', { env, volumeMounts, workingDir: '/opt/data', args: undefined });
  const made = await settled(
    pod(
      {
        hostname: 'db-0',
        subdomain: 'db',
        containers: [main, { ...shell('exec sleep 1000'), name: 'second' }],
        volumes,
      },
      'node1',
      { labels: { app: 'x' } },
    ),
    isReady,
  );
  const read = async (script: string, which?: string) =>
    (await exec(made, ['sh', '-c', script], which === undefined ? {} : { container: which })).output.trimEnd();
  assert.equal(await read('hostname; cat /etc/hostname'), 'db-0\ndb-0');
  assert.equal(await read('echo "$ONE|$TWO|$FROM|$LABEL|$HOSTNAME"'), '1|12 $(NONE) $(ONE)|v|x|db-0');
  assert.equal(
    await read(
      'pwd; echo y >file; cat "/file s/in/a b.txt" /usr/src/app/app.conf /etc/secret/token; echo; cat /podinfo/labels',
    ),
    '/opt/data\nABs3cret\napp="x"',
  );
  assert.match(await read('echo no >"/file s/x"'), /Read-only/);
  assert.equal(await read('ls /usr/src/app; ls /usr/bin/env'), 'app.conf\n/usr/bin/env');
  assert.equal(await read('cat /proc/1/comm; ls /tmp; echo t >/tmp/t'), 'sleep');
  assert.equal(await read('ls /tmp', 'second'), '', '/tmp is not shared');
  assert.match(
    await read('cat /etc/hosts'),
    new RegExp(`^${made.status?.podIP}\tdb-0.db.default.svc.cluster.local\tdb-0$`, 'm'),
  );
  assert.equal(
    await read('cat /etc/resolv.conf'),
    'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5',
  );
  assert.equal(
    await read('ip -br link show eth0 | cut -d@ -f1; ls /sys/class/net | sort | tr "\\n" " "'),
    'eth0\neth0 lo',
  );
  remove(made);
});

test('exec gives the exit code, closes stdin, and ends with its signal; unknown containers are not found', async () => {
  const made = await settled(pod({ hostNetwork: true, containers: [shell('exec sleep 1000')] }), isReady);
  const stdin = new PassThrough();
  stdin.end('to the end\n');
  assert.deepEqual(await exec(made, ['sh', '-c', 'cat; exit 3'], { stdin }), { code: 3, output: 'to the end\n' });
  const stop = new AbortController();
  const running = exec(made, ['sh', '-c', 'sleep 1234 & wait'], { signal: stop.signal });
  setTimeout(() => stop.abort(), 100);
  assert.notEqual((await running).code, 0);
  assert.equal(
    (await exec(made, ['sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " " | grep -c "sleep 123[4]"'])).output,
    '0\n',
  );
  assert.equal((await exec(made, ['no-such-program'])).code, 127);
  await assert.rejects(exec(made, ['true'], { container: 'other' }), { code: 404 });
  remove(made);
});

test('init containers run in order before all others, and sidecars beside them', async () => {
  const log = (text: string) => `echo ${text} >>/shared/log`;
  const volumeMounts = [{ name: 'shared', mountPath: '/shared' }];
  const made = pod({
    hostNetwork: true,
    restartPolicy: 'Never',
    volumes: [{ name: 'shared', emptyDir: {} }],
    initContainers: [
      { ...shell(log('first'), { volumeMounts }), name: 'first' },
      {
        ...shell(`${log('sidecar')}; trap exit TERM; sleep 1000 & wait`, { volumeMounts, restartPolicy: 'Always' }),
        name: 'sidecar',
      },
      { ...shell(`sleep 0.2; ${log('second')}`, { volumeMounts }), name: 'second' },
    ],
    containers: [shell(`${log('main')}; cat /shared/log`, { volumeMounts })],
  });
  const initializing = await settled(
    made,
    (object) => object?.status?.initContainerStatuses?.[1]?.state.running !== undefined,
  );
  assert.equal(initializing.status?.phase, 'Pending');
  const done = await settled(made, phase('Succeeded'));
  assert.equal(await logs(made), 'first\nsidecar\nsecond\nmain\n');
  assert.equal(done.status?.conditions?.find(({ type }) => type === 'Ready')?.reason, 'PodCompleted');
  await settled(made, (object) => object?.status?.initContainerStatuses?.[1]?.state.terminated !== undefined);
  remove(made);
  await settled(made, isGone);
});

test('a container that ends is restarted: at once the first time, then with back-off; the last end is remembered', async () => {
  const made = pod({ hostNetwork: true, containers: [shell('echo run; exit 5')] });
  const looping = await settled(
    made,
    (object) => object?.status?.containerStatuses?.[0]?.state.waiting?.reason === 'CrashLoopBackOff',
  );
  const [status] = looping.status?.containerStatuses ?? [];
  assert.equal(status?.restartCount, 1);
  assert.equal(status?.lastState.terminated?.exitCode, 5);
  assert.equal(status?.lastState.terminated?.reason, 'Error');
  assert.equal(looping.status?.phase, 'Running');
  assert.equal(await logs(made, { previous: true }), 'run\n');
  remove(made);
  await settled(made, isGone);
});

test('restartPolicy OnFailure and Never end in Succeeded or Failed; deletion waits for nobody then', async () => {
  const failed = pod({ hostNetwork: true, restartPolicy: 'Never', containers: [shell('exit 2')] });
  const flag = 'test -e /shared/flag && exit 0; touch /shared/flag; exit 1';
  const retried = pod({
    hostNetwork: true,
    restartPolicy: 'OnFailure',
    volumes: [{ name: 'shared', emptyDir: {} }],
    containers: [shell(flag, { volumeMounts: [{ name: 'shared', mountPath: '/shared' }] })],
  });
  assert.equal((await settled(failed, phase('Failed'))).status?.containerStatuses?.[0]?.state.terminated?.exitCode, 2);
  assert.equal((await settled(retried, phase('Succeeded'))).status?.containerStatuses?.[0]?.restartCount, 1);
  for (const made of [failed, retried]) remove(made);
  await Promise.all([failed, retried].map((made) => settled(made, isGone)));
});

test('readiness comes and goes with its probe; a failing liveness probe restarts the container', async () => {
  const volumes = [{ name: 'shared', emptyDir: {} }];
  const volumeMounts = [{ name: 'shared', mountPath: '/shared' }];
  const made = pod({
    hostNetwork: true,
    volumes,
    containers: [
      shell('touch /shared/ready /shared/alive; trap exit TERM; sleep 1000 & wait', {
        volumeMounts,
        startupProbe: { exec: { command: ['test', '-e', '/shared/alive'] }, periodSeconds: 1 },
        readinessProbe: { exec: { command: ['test', '-e', '/shared/ready'] }, periodSeconds: 1, failureThreshold: 1 },
        livenessProbe: { exec: { command: ['test', '-e', '/shared/alive'] }, periodSeconds: 1, failureThreshold: 2 },
      }),
    ],
  });
  await settled(made, isReady);
  await exec(made, ['rm', '/shared/ready']);
  await settled(made, (object) => !isReady(object));
  await exec(made, ['touch', '/shared/ready']);
  await settled(made, isReady);
  await exec(made, ['rm', '/shared/alive']);
  await settled(made, (object) => object?.status?.containerStatuses?.[0]?.restartCount === 1);
  await settled(made, isReady);
  assert.ok(
    eventsOf(made).some(({ reason, message }) => reason === 'Killing' && message.includes('failed liveness probe')),
  );
  remove(made);
});

test('tcp and http probes dial from the node; a closed port is not ready', async () => {
  const open = (port: number) =>
    container(
      `require('node:http').createServer((q, s) => { s.statusCode = q.url === '/good' ? 200 : 500; s.end(); }).listen(${port});`,
    );
  const tcp = pod({
    hostNetwork: true,
    containers: [{ ...open(18080), readinessProbe: { tcpSocket: { port: 18080 }, periodSeconds: 1 } }],
  });
  const http = pod({
    hostNetwork: true,
    containers: [
      {
        ...open(18081),
        ports: [{ name: 'web', containerPort: 18081 }],
        readinessProbe: { httpGet: { path: '/good', port: 'web' }, periodSeconds: 1 },
      },
    ],
  });
  const closed = pod({
    hostNetwork: true,
    containers: [{ ...open(18082), readinessProbe: { httpGet: { path: '/bad', port: 18082 }, periodSeconds: 1 } }],
  });
  await Promise.all([settled(tcp, isReady), settled(http, isReady)]);
  const refused = () =>
    eventsOf(closed).some(
      ({ message }) => message === 'Readiness probe failed: HTTP probe failed with statuscode: 500',
    );
  for (const deadline = Date.now() + 10_000; !refused() && Date.now() < deadline; ) await delay(50);
  assert.ok(refused());
  assert.ok(!isReady(cluster.objects.get('Pod', 'default', closed.metadata.name)));
  for (const made of [tcp, http, closed]) remove(made);
});

test('termination: preStop, SIGTERM, and SIGKILL after the grace period; the network stays until the last container ended', async (t) => {
  if (!ptp) return t.skip('the ptp plugin has not been built');
  const stubborn = container(
    `process.on('SIGTERM', () => console.log('ignored', require('fs').readFileSync('/tmp/hook', 'utf8').trim())); console.log('up'); setInterval(() => {}, 1000);`,
    {
      lifecycle: { preStop: { exec: { command: ['sh', '-c', 'echo hook >/tmp/hook'] } } },
    },
  );
  const made = await settled(pod({ terminationGracePeriodSeconds: 1, containers: [stubborn] }), isReady);
  while ((await logs(made)) !== 'up\n') await delay(20);
  const followed = logs(made, { follow: true });
  const began = Date.now();
  remove(made);
  const ended = settled(made, (object) => object?.status?.containerStatuses?.[0]?.state.terminated !== undefined);
  const exitCode = (await ended).status?.containerStatuses?.[0]?.state.terminated?.exitCode;
  await settled(made, isGone);
  assert.equal(exitCode, 137);
  assert.equal(await followed, 'up\nignored hook\n');
  assert.ok(Date.now() - began >= 900, `${Date.now() - began} ms`);
});

test('a Pod that is deleted while it is being made leaves nothing; a forced deletion too', async (t) => {
  if (!ptp) return t.skip('the ptp plugin has not been built');
  const many = Array.from({ length: 6 }, () => pod({ containers: [web()] }));
  for (const [i, made] of many.entries()) {
    setTimeout(
      () => cluster.objects.delete('Pod', 'default', made.metadata.name, i % 2 === 0 ? {} : { gracePeriodSeconds: 0 }),
      20 * i,
    );
  }
  await Promise.all(many.map((made) => settled(made, isGone)));
  const { state } = cluster.nodes[0] as TestCluster['nodes'][number];
  const left = () =>
    [
      ...readdirSync(join(state, 'run/netvet/pods'), { recursive: false }),
      ...readdirSync(join(state, 'var-lib-cni/results')),
    ].filter((name) => many.some(({ metadata }) => String(name).includes(metadata.uid as string)));
  for (const deadline = Date.now() + 10_000; left().length > 0 && Date.now() < deadline; ) await delay(50);
  assert.deepEqual(left(), []);
});

test('a sandbox whose network namespace was removed is made anew', async (t) => {
  if (!ptp) return t.skip('the ptp plugin has not been built');
  const made = await settled(pod({ containers: [web()] }), isReady);
  const node = cluster.nodes[0] as TestCluster['nodes'][number];
  await node.run(['sh', '-c', 'umount -l /run/netns/cni-*; rm -f /run/netns/cni-*']);
  await exec(made, ['sh', '-c', 'kill -TERM 1']);
  const again = await settled(
    made,
    (object) => isReady(object) && eventsOf(made).some(({ reason }) => reason === 'SandboxChanged'),
  );
  const { code, output } = await exec(again, ['curl', '-sS', `http://${again.status?.podIP}:8080/`]);
  assert.equal(code, 0, output);
  remove(made);
  await settled(made, isGone);
});

test('what a Pod lacks is said, and waited for', async () => {
  const image = pod({ hostNetwork: true, containers: [{ name: 'main', image: 'nginx:1.27' }] });
  const volume = pod({
    hostNetwork: true,
    volumes: [{ name: 'x', configMap: { name: 'later' } }],
    containers: [shell('exec sleep 1000', { volumeMounts: [{ name: 'x', mountPath: '/x' }] })],
  });
  const variable = pod({
    hostNetwork: true,
    containers: [
      shell('exec sleep 1000', { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'later', key: 'a' } } }] }),
    ],
  });
  const program = pod({
    hostNetwork: true,
    restartPolicy: 'Never',
    containers: [{ name: 'main', image: 'busybox', command: ['no-such-program'] }],
  });
  const waiting = (reason: string) => (object: Pod | undefined) =>
    object?.status?.containerStatuses?.[0]?.state.waiting?.reason === reason;
  const pulled = await settled(image, waiting('ErrImagePull'));
  assert.match(pulled.status?.containerStatuses?.[0]?.state.waiting?.message ?? '', /downloads nothing/);
  await settled(variable, waiting('CreateContainerConfigError'));
  const failed = await settled(program, phase('Failed'));
  assert.equal(
    failed.status?.containerStatuses?.[0]?.state.terminated?.message,
    'exec: "no-such-program": executable file not found in $PATH',
  );
  cluster.objects.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'later', namespace: 'default' },
    data: { a: '1' },
  });
  await Promise.all([settled(volume, isReady), settled(variable, isReady)]);
  assert.ok(
    eventsOf(volume).some(
      ({ reason, message }) => reason === 'FailedMount' && message.includes('configmap "later" not found'),
    ),
  );
  for (const made of [image, volume, variable, program]) remove(made);
  await Promise.all([image, volume, variable, program].map((made) => settled(made, isGone)));
});

test('hostNetwork and hostPID: the node itself', async () => {
  const made = await settled(
    pod({ hostNetwork: true, hostPID: true, containers: [shell('exec sleep 1000')] }),
    isReady,
  );
  const node = cluster.nodes[0] as TestCluster['nodes'][number];
  assert.equal(made.status?.podIP, node.address);
  const { output } = await exec(made, [
    'nsenter',
    '-t',
    '1',
    '-m',
    '-n',
    '--',
    'sh',
    '-c',
    'hostname; ls -d /etc/cni/net.d; cat /proc/1/comm',
  ]);
  assert.equal(output, `${node.name}\n/etc/cni/net.d\nsh\n`);
  remove(made);
  await settled(made, isGone);
});
