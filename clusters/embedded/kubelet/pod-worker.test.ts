/** Pods on two nodes with a real CNI, real programs and real packets. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pod } from '../kinds.ts';
import { installPtp, isGone, isReady, type TestCluster, testCluster, testInside } from '../testing.ts';
import { firstContainer, hasPhase, idle, podTools, script, shell, web } from './testing.ts';

await testInside({ ptp: true });

let cluster: TestCluster;
let withoutPtp: string | undefined;
before(async () => {
  cluster = await testCluster(2);
  if (!(await installPtp(cluster.nodes))) withoutPtp = 'the ptp plugin has not been built';
});
after(() => cluster.stop());
const { make, settled, remove, exec, attach, logs, eventsOf } = podTools(() => cluster);
const firstNode = () => cluster.nodes[0] as TestCluster['nodes'][number];

test('Pods on two nodes reach each other, and see each other by their own addresses', async (t) => {
  if (withoutPtp) return t.skip(withoutPtp);
  const [one, other] = await Promise.all([
    settled(make({ containers: [web()] }), isReady),
    settled(make({ containers: [web()] }, 'node2'), isReady),
  ]);
  const { code, output } = await exec(one, ['curl', '-sS', '-m', '5', `http://${other.status?.podIP}:8080/`]);
  assert.equal(code, 0, output);
  assert.deepEqual(JSON.parse(output), { from: `::ffff:${one.status?.podIP}`, ip: other.status?.podIP });
  assert.equal(await logs(one), 'serving\n');

  await remove(one, other);
  for (const left of ['run/netns', 'run/netvet/sandboxes', 'run/netvet/pods', 'var-lib-cni/results', 'var-log/pods']) {
    assert.deepEqual(readdirSync(join(firstNode().state, left)), [], left);
  }
  assert.doesNotMatch((await firstNode().run(['ip', '-br', 'link'])).stdout, /veth/);
});

test('a container has its own root, host name, processes, variables and files', async (t) => {
  if (withoutPtp) return t.skip(withoutPtp);
  const { objects } = cluster;
  const data = { 'a.txt': 'A', 'app.conf': 'B', KEY: 'v' };
  objects.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'files', namespace: 'default' }, data });
  const secret = { token: Buffer.from('s3cret').toString('base64') };
  objects.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key', namespace: 'default' }, data: secret });
  const volumes = [
    { name: 'files', configMap: { name: 'files' } },
    { name: 'renamed', configMap: { name: 'files', items: [{ key: 'a.txt', path: 'in/a b.txt', mode: 0o640 }] } },
    { name: 'secret', secret: { secretName: 'key' } },
    { name: 'scratch', emptyDir: {} },
    {
      name: 'labels',
      downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] },
    },
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
  const main = shell('exec sleep 1000', { env, volumeMounts, workingDir: '/opt/data' });
  const spec = { hostname: 'db-0', subdomain: 'db', containers: [main, idle({ name: 'second' })], volumes };
  const pod = await settled(make(spec, 'node1', { labels: { app: 'x' } }), isReady);
  const read = async (source: string, container = 'main') =>
    (await exec(pod, ['sh', '-c', source], { container })).output.trimEnd();

  assert.equal(await read('hostname; cat /etc/hostname'), 'db-0\ndb-0');
  assert.equal(await read('echo "$ONE|$TWO|$FROM|$LABEL|$HOSTNAME"'), '1|12 $(NONE) $(ONE)|v|x|db-0');
  assert.equal(await read('pwd; echo y >file; cat "/file s/in/a b.txt" /usr/src/app/app.conf'), '/opt/data\nAB');
  assert.equal(await read('cat /etc/secret/token; echo; cat /podinfo/labels'), 's3cret\napp="x"');
  assert.match(await read('echo no >"/file s/x"'), /Read-only/);
  assert.equal(await read('ls /usr/src/app; ls /usr/bin/env'), 'app.conf\n/usr/bin/env');
  // it is there before it has become what its shell executes
  await read('until [ "$(cat /proc/1/comm)" = sleep ]; do sleep 0.01; done');
  assert.equal(await read('cat /proc/1/comm; ls /tmp; echo t >/tmp/t'), 'sleep');
  assert.equal(await read('ls /tmp', 'second'), '', '/tmp is not shared');
  assert.match(
    await read('cat /etc/hosts'),
    new RegExp(`^${pod.status?.podIP}\tdb-0.db.default.svc.cluster.local\tdb-0$`, 'm'),
  );
  assert.match(
    await read('cat /etc/resolv.conf'),
    /^search default\.svc\.cluster\.local .*\nnameserver 10\.96\.0\.10\n/,
  );
  assert.equal(await read('ls /sys/class/net | sort | tr "\\n" " "'), 'eth0 lo');
  await remove(pod);
});

/** Answers each line with its length, on a line of that text. */
const echo = `require('node:readline').createInterface(process.stdin)
  .on('line', (line) => line === 'end' ? process.exit(3) : console.log(line.length + ' ' + line))
  .on('close', () => console.log('no more'));`;

test('several clients attach to one program: its input stays open, all hear all, and the log has it', async () => {
  const pod = await settled(make({ hostNetwork: true, containers: [script(echo, { stdin: true })] }), isReady);
  const [one, other] = [attach(pod), attach(pod)];
  one.stdin.write('a\n');
  other.stdin.write('bc\n');
  const said = ['1 a', '2 bc'];
  assert.deepEqual((await one.says(2)).toSorted(), said);
  assert.deepEqual((await other.says(2)).toSorted(), said);
  one.stdin.end();
  await one.ended;
  const big = 'é'.repeat(5_000_000);
  other.stdin.write(`${big}\n`);
  assert.equal((await other.says(3))[2], `5000000 ${big}`);
  other.leave();
  await other.ended;
  const third = attach(pod);
  third.stdin.write('still open\n');
  assert.deepEqual(await third.says(1), ['10 still open']);
  assert.match(await logs(pod, { tailLines: 1 }), /^10 still open\n$/);

  third.stdin.write('end\n');
  await third.ended;
  const again = await settled(
    pod,
    firstContainer(({ restartCount, ready }) => restartCount === 1 && ready),
  );
  const fourth = attach(again);
  fourth.stdin.write('anew\n');
  assert.deepEqual(await fourth.says(1), ['4 anew']);
  fourth.leave();
  await remove(pod);
});

test('with stdinOnce the first client’s end of input is the program’s; without stdin there is none', async () => {
  const containers = [
    script(echo, { stdin: true, stdinOnce: true }),
    script(`${echo}; setInterval(() => {}, 1000)`, { name: 'none' }),
  ];
  const pod = await settled(make({ hostNetwork: true, containers, restartPolicy: 'Never' }), isReady);
  const once = attach(pod);
  once.stdin.end('last\n');
  await once.ended;
  assert.deepEqual(await once.says(2), ['4 last', 'no more']);
  const none = attach(pod, 'none');
  none.stdin.end('unheard\n');
  assert.equal((await exec(pod, ['true'], { container: 'none' })).code, 0);
  // its program may only be starting
  let log = '';
  while (log === '') log = await delay(20).then(() => logs(pod, {}, 'none'));
  assert.equal(log, 'no more\n');
  none.leave();
  await none.ended;
  await remove(pod);
});

test('exec gives the exit code, closes stdin, and ends with its signal; unknown containers are not found', async () => {
  const pod = await settled(make({ hostNetwork: true, containers: [idle()] }), isReady);
  const stdin = new PassThrough();
  stdin.end('to the end\n');
  assert.deepEqual(await exec(pod, ['sh', '-c', 'cat; exit 3'], { stdin }), { code: 3, output: 'to the end\n' });
  const count = 'cat /proc/[0-9]*/cmdline | tr "\\0" " " | grep -c "sleep 123[4]"';
  const stop = new AbortController();
  const running = exec(pod, ['sh', '-c', 'sleep 1234 & wait'], { signal: stop.signal });
  const looking = async () => (await exec(pod, ['sh', '-c', count])).output;
  while ((await looking()) !== '1\n') await delay(20);
  stop.abort();
  assert.notEqual((await running).code, 0);
  assert.equal(await looking(), '0\n');
  assert.equal((await exec(pod, ['no-such-program'])).code, 127);
  await assert.rejects(exec(pod, ['true'], { container: 'other' }), { code: 404 });
  await remove(pod);
});

test('hostNetwork and hostPID: the node itself', async () => {
  const containers = [idle({ securityContext: { privileged: true } })];
  const pod = await settled(make({ hostNetwork: true, hostPID: true, containers }), isReady);
  assert.equal(pod.status?.podIP, firstNode().address);
  const look = 'hostname; ls -d /etc/cni/net.d; cat /proc/1/comm';
  const { output } = await exec(pod, ['nsenter', '-t', '1', '-m', '-n', '--', 'sh', '-c', look]);
  assert.equal(output, `node1\n/etc/cni/net.d\nsh\n`);
  await remove(pod);
});

test('a container has the usual capabilities, less what it drops, more what it adds; it may be read-only', async () => {
  const only = { capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] }, readOnlyRootFilesystem: true };
  const volumes = [{ name: 'scratch', emptyDir: {} }];
  const volumeMounts = [{ name: 'scratch', mountPath: '/scratch' }];
  const look =
    'sed -n s/^CapEff:.0*//p /proc/self/status; echo x >/tmp/x; echo y >/scratch/y; ip link set lo up; echo $?';
  // bits: https://github.com/torvalds/linux/blob/v6.12/include/uapi/linux/capability.h
  const wanted: [object, RegExp][] = [
    [{}, /^a80425fb\n(?!.*\/tmp\/x).*not permitted\n2\n$/s],
    [only, /^1000\n.*\/tmp\/x: Read-only file system\n0\n$/s],
    [{ privileged: true }, /^[1f]f{9,}\n0\n$/],
    [{ capabilities: { drop: ['all'], add: ['net_admin', 'NET_RAW'] } }, /^3000\n/],
    [{ capabilities: { add: ['NET_ADMIN'], drop: ['NET_ADMIN', 'net_raw'] } }, /^a80405fb\n/],
  ];
  for (const [securityContext, answer] of wanted) {
    const containers = [idle({ securityContext, volumeMounts })];
    const pod = await settled(make({ hostNetwork: true, containers, volumes }), isReady);
    const { output } = await exec(pod, ['sh', '-c', `exec 2>&1; ${look}`]);
    assert.match(output, answer);
    await remove(pod);
  }
});

test('what is mounted on the node later shows in a Pod that asked for it', async () => {
  const volumes = [{ name: 'run', hostPath: { path: '/run/shared', type: 'DirectoryOrCreate' } }];
  const mount = (more: object) => idle({ volumeMounts: [{ name: 'run', mountPath: '/shared', ...more }] });
  const [follows, keeps] = await Promise.all([
    settled(
      make({ hostNetwork: true, volumes, containers: [mount({ mountPropagation: 'HostToContainer' })] }),
      isReady,
    ),
    settled(make({ hostNetwork: true, volumes, containers: [mount({})] }), isReady),
  ]);
  await firstNode().run([
    'sh',
    '-c',
    'mkdir /run/shared/x && mount -t tmpfs none /run/shared/x && touch /run/shared/x/seen',
  ]);
  assert.equal((await exec(follows, ['ls', '/shared/x'])).output, 'seen\n');
  assert.equal((await exec(keeps, ['ls', '/shared/x'])).output, '');
  await remove(follows, keeps);
});

test('a Pod that is deleted while it is being made leaves nothing; a forced deletion too', async (t) => {
  if (withoutPtp) return t.skip(withoutPtp);
  const there = () =>
    ['run/netvet/pods', 'run/netns', 'var-lib-cni/results'].flatMap((path) =>
      readdirSync(join(firstNode().state, path)).map((name) => `${path}/${name}`),
    );
  // what a test that failed has left is not of these Pods
  const before = there();
  const left = () => there().filter((path) => !before.includes(path));
  const pods = Array.from({ length: 6 }, () => make({ containers: [web()] }));
  for (const [i, { metadata }] of pods.entries()) {
    const options = i % 2 === 0 ? {} : { gracePeriodSeconds: 0 };
    setTimeout(() => cluster.objects.delete('Pod', 'default', metadata.name, options), 20 * i);
  }
  await Promise.all(pods.map((pod) => settled(pod, isGone)));
  for (const deadline = Date.now() + 60_000; left().length > 0 && Date.now() < deadline; ) await delay(50);
  assert.deepEqual(left(), []);
});

test('a Pod of the same name takes over at once from one that was deleted by force', async () => {
  const metadata = { name: 'again' };
  const slow = shell('trap "sleep 1; exit" TERM; sleep 1000 & wait', { env: [{ name: 'WHICH', value: 'old' }] });
  const old = await settled(make({ hostNetwork: true, containers: [slow] }, 'node1', metadata), isReady);
  cluster.objects.delete('Pod', 'default', 'again', { gracePeriodSeconds: 0 });
  const fresh = make(
    { hostNetwork: true, containers: [idle({ env: [{ name: 'WHICH', value: 'new' }] })] },
    'node1',
    metadata,
  );
  await settled(fresh, (object) => isReady(object) && object?.metadata.uid !== old.metadata.uid);
  assert.equal((await exec(fresh, ['sh', '-c', 'echo $WHICH'])).output, 'new\n');
  await remove(fresh);
});

test('a sandbox whose network namespace was removed is made anew', async (t) => {
  if (withoutPtp) return t.skip(withoutPtp);
  const pod = await settled(make({ containers: [web()] }), isReady);
  await firstNode().run(['sh', '-c', 'umount -l /run/netns/cni-*; rm -f /run/netns/cni-*']);
  await exec(pod, ['sh', '-c', 'kill -TERM 1']);
  const again = await settled(pod, (object) => isReady(object) && eventsOf(pod, 'SandboxChanged').length > 0);
  const { code, output } = await exec(again, ['curl', '-sS', `http://${again.status?.podIP}:8080/`]);
  assert.equal(code, 0, output);
  await remove(pod);
});

test('what a Pod lacks is said, and waited for', async () => {
  const variable = { name: 'A', valueFrom: { configMapKeyRef: { name: 'later', key: 'a' } } };
  const volumes = [{ name: 'x', configMap: { name: 'later' } }];
  const image = make({ hostNetwork: true, containers: [{ name: 'main', image: 'nginx:1.27' }] });
  const volume = make({
    hostNetwork: true,
    volumes,
    containers: [idle({ volumeMounts: [{ name: 'x', mountPath: '/x' }] })],
  });
  const config = make({ hostNetwork: true, containers: [idle({ env: [variable] })] });
  const program = make({
    hostNetwork: true,
    restartPolicy: 'Never',
    containers: [{ ...idle(), command: ['no-such-program'] }],
  });
  const waiting = (reason: string) => (object: Pod | undefined) =>
    object?.status?.containerStatuses?.[0]?.state.waiting?.reason === reason;

  const unpulled = await settled(image, waiting('ErrImagePull'));
  assert.match(unpulled.status?.containerStatuses?.[0]?.state.waiting?.message ?? '', /downloads nothing/);
  await settled(config, waiting('CreateContainerConfigError'));
  const failed = await settled(program, hasPhase('Failed'));
  const { message } = failed.status?.containerStatuses?.[0]?.state.terminated ?? {};
  assert.equal(message, 'exec: "no-such-program": executable file not found in $PATH');
  const metadata = { name: 'later', namespace: 'default' };
  cluster.objects.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: '1' } });
  await Promise.all([settled(volume, isReady), settled(config, isReady)]);
  assert.match(eventsOf(volume, 'FailedMount')[0]?.['message'], /configmap "later" not found/);
  await remove(image, volume, config, program);
});
