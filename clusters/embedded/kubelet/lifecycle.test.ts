/** Order, restarts, probes and the end of containers. All on the node's network: no CNI is needed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pod } from '../kinds.ts';
import { isReady, type TestCluster, testCluster, testInside } from '../testing.ts';
import { firstContainer, hasPhase, idle, podTools, script, shell } from './testing.ts';

await testInside();

let cluster: TestCluster;
before(async () => {
  cluster = await testCluster(1);
});
after(() => cluster.stop());
const { make, settled, remove, exec, logs, eventsOf } = podTools(() => cluster);

const volumes = [{ name: 'shared', emptyDir: {} }];
const volumeMounts = [{ name: 'shared', mountPath: '/shared' }];

test('init containers run in order before all others, and sidecars beside them', async () => {
  const log = (text: string) => `echo ${text} >>/shared/log`;
  const pod = make({
    hostNetwork: true,
    restartPolicy: 'Never',
    volumes,
    initContainers: [
      shell(log('first'), { name: 'first', volumeMounts }),
      shell(`${log('sidecar')}; trap exit TERM; sleep 1000 & wait`, {
        name: 'sidecar',
        volumeMounts,
        restartPolicy: 'Always',
      }),
      shell(`sleep 0.2; ${log('second')}`, { name: 'second', volumeMounts }),
    ],
    containers: [shell(`${log('main')}; cat /shared/log`, { volumeMounts })],
  });
  const initializing = await settled(
    pod,
    (object) => object?.status?.initContainerStatuses?.[1]?.state.running !== undefined,
  );
  assert.equal(initializing.status?.phase, 'Pending');
  const done = await settled(pod, hasPhase('Succeeded'));
  assert.equal(await logs(pod), 'first\nsidecar\nsecond\nmain\n');
  assert.equal(done.status?.conditions?.find(({ type }) => type === 'Ready')?.reason, 'PodCompleted');
  await settled(pod, (object) => object?.status?.initContainerStatuses?.[1]?.state.terminated !== undefined);
  await remove(pod);
});

test('a container that ends is restarted: at once, then with back-off; the last end is remembered', async () => {
  const pod = make({ hostNetwork: true, containers: [shell('echo run; exit 5')] });
  const looping = await settled(
    pod,
    firstContainer(({ state }) => state.waiting?.reason === 'CrashLoopBackOff'),
  );
  const [status] = looping.status?.containerStatuses ?? [];
  assert.equal(status?.restartCount, 1);
  assert.equal(status?.lastState.terminated?.exitCode, 5);
  assert.equal(status?.lastState.terminated?.reason, 'Error');
  assert.equal(looping.status?.phase, 'Running');
  assert.equal(await logs(pod, { previous: true }), 'run\n');
  await remove(pod);
});

test('restartPolicy OnFailure and Never end in Succeeded or Failed; deletion waits for nobody then', async () => {
  const failed = make({ hostNetwork: true, restartPolicy: 'Never', containers: [shell('exit 2')] });
  const once = 'test -e /shared/flag && exit 0; touch /shared/flag; exit 1';
  const retried = make({
    hostNetwork: true,
    restartPolicy: 'OnFailure',
    volumes,
    containers: [shell(once, { volumeMounts })],
  });
  const { status: end } = await settled(failed, hasPhase('Failed'));
  assert.equal(end?.containerStatuses?.[0]?.state.terminated?.exitCode, 2);
  const { status: success } = await settled(retried, hasPhase('Succeeded'));
  assert.equal(success?.containerStatuses?.[0]?.restartCount, 1);
  await remove(failed, retried);
});

test('a Pod that outlives its deadline fails, and stays to be looked at', async () => {
  const pod = make({
    hostNetwork: true,
    activeDeadlineSeconds: 1,
    terminationGracePeriodSeconds: 1,
    containers: [shell('sleep 1000')],
  });
  const failed = await settled(pod, hasPhase('Failed'));
  assert.equal(failed.status?.reason, 'DeadlineExceeded');
  await settled(
    pod,
    firstContainer(({ state }) => state.terminated?.exitCode === 137),
  );
  await remove(pod);
});

test('readiness comes and goes with its probe; a failing liveness probe restarts the container', async () => {
  // the command's own time is not what this is about
  const exists = (path: string) => ({
    exec: { command: ['test', '-e', path] },
    periodSeconds: 1,
    timeoutSeconds: 60,
  });
  const container = shell('touch /shared/ready /shared/alive; trap exit TERM; sleep 1000 & wait', {
    volumeMounts,
    startupProbe: exists('/shared/alive'),
    readinessProbe: { ...exists('/shared/ready'), failureThreshold: 1 },
    livenessProbe: { ...exists('/shared/alive'), failureThreshold: 2 },
  });
  const pod = make({ hostNetwork: true, volumes, containers: [container] });
  await settled(pod, isReady);
  await exec(pod, ['rm', '/shared/ready']);
  await settled(pod, (object) => !isReady(object));
  await exec(pod, ['touch', '/shared/ready']);
  await settled(pod, isReady);
  await exec(pod, ['rm', '/shared/alive']);
  await settled(
    pod,
    firstContainer(({ restartCount }) => restartCount === 1),
  );
  await settled(pod, isReady);
  assert.match(eventsOf(pod, 'Killing')[0]?.['message'], /failed liveness probe/);
  await remove(pod);
});

const wrongCode = 'Readiness probe failed: HTTP probe failed with statuscode: 500';

/** Resolves when the event tells of the code; one before may tell that the server had not started yet. */
async function toldOfCode(pod: Pod): Promise<void> {
  const told = () => eventsOf(pod, 'Unhealthy').map((event) => event['message'] as string);
  for (const deadline = Date.now() + 300_000; !told().includes(wrongCode); ) {
    assert.ok(Date.now() < deadline, told().join('\n'));
    await delay(50);
  }
}

/** A Pod with a server that has a page /good, and redirects /?to=LOCATION. */
const probed = (port: number, readinessProbe: object) => {
  const server = `require('node:http').createServer((q, s) => {
    const to = new URL(q.url, 'http://x').searchParams.get('to');
    s.statusCode = to ? 302 : q.url === '/good' ? 200 : 500;
    if (to) s.setHeader('Location', to);
    s.end();
  }).listen(${port});`;
  const ports = [{ name: 'web', containerPort: port }];
  const container = script(server, {
    ports,
    readinessProbe: { ...readinessProbe, periodSeconds: 1, timeoutSeconds: 60 },
  });
  return make({ hostNetwork: true, containers: [container] });
};

test('tcp and http probes dial from the node; a bad answer is not ready, and is told', async () => {
  const tcp = probed(18_080, { tcpSocket: { port: 18_080 } });
  const named = probed(18_081, { httpGet: { path: '/good', port: 'web' } });
  const bad = probed(18_082, { httpGet: { path: '/bad', port: 18_082 } });
  await Promise.all([settled(tcp, isReady), settled(named, isReady)]);
  await toldOfCode(bad);
  assert.ok(!isReady(cluster.objects.get('Pod', 'default', bad.metadata.name)));
  await remove(tcp, named, bad);
});

test('http probes follow redirects on their own host, and take one to another host for success', async () => {
  const redirected = (port: number, to: string) => probed(port, { httpGet: { path: `/?to=${to}`, port } });
  const good = redirected(18_083, '/good');
  const elsewhere = redirected(18_084, 'http://192.0.2.1/bad');
  const bad = redirected(18_085, '/bad');
  const twice = redirected(18_086, encodeURIComponent('/?to=/bad'));
  await Promise.all([settled(good, isReady), settled(elsewhere, isReady)]);
  for (const pod of [bad, twice]) await toldOfCode(pod);
  await remove(good, elsewhere, bad, twice);
});

test('termination: preStop, then SIGTERM, then SIGKILL after the grace period', async () => {
  const stubborn = `
    const { readFileSync } = require('node:fs');
    process.on('SIGTERM', () => console.log('ignored', readFileSync('/tmp/hook', 'utf8').trim()));
    setInterval(() => {}, 1000);
    console.log('up');`;
  const lifecycle = { preStop: { exec: { command: ['sh', '-c', 'echo hook >/tmp/hook'] } } };
  const spec = { hostNetwork: true, terminationGracePeriodSeconds: 1, containers: [script(stubborn, { lifecycle })] };
  const pod = await settled(make(spec), isReady);
  while ((await logs(pod)) !== 'up\n') await delay(20);
  const followed = logs(pod, { follow: true });
  const began = Date.now();
  const killed = settled(
    pod,
    firstContainer(({ state }) => state.terminated?.exitCode === 137),
  );
  await remove(pod);
  await killed;
  assert.equal(await followed, 'up\nignored hook\n');
  assert.ok(Date.now() - began >= 900, `${Date.now() - began} ms`);
});

test('ends of containers and the last phase are told once the sandbox is gone; the object goes then', async () => {
  const seen: Pod[] = [];
  const stopWatching = cluster.objects.watch<Pod>('Pod', ({ object }) => seen.push(structuredClone(object)));
  const slow = shell('trap "sleep 0.3; exit" TERM; sleep 1000 & wait', { name: 'slow' });
  const deleted = make({ hostNetwork: true, containers: [idle(), slow] });
  const finished = make({ hostNetwork: true, restartPolicy: 'Never', containers: [shell('exit 0')] });
  await settled(deleted, isReady);
  await settled(finished, hasPhase('Succeeded'));
  await remove(deleted, finished);
  stopWatching();
  const of = ({ metadata }: Pod) => seen.filter((pod) => pod.metadata.uid === metadata.uid);
  const isLeft = ({ status }: Pod) =>
    status?.conditions?.find(({ type }) => type === 'PodReadyToStartContainers')?.status === 'False';
  const [ending, last] = of(deleted).filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
  assert.ok(isReady(ending), JSON.stringify(ending?.status));
  const ends = of(deleted).filter(({ status }) => status?.containerStatuses?.some(({ state }) => state.terminated));
  assert.ok(ends.length > 0 && ends.every((pod) => isLeft(pod) && !isReady(pod)), JSON.stringify(ends));
  assert.ok(ends.every(({ status }) => status?.containerStatuses?.every(({ state }) => state.terminated)));
  assert.deepEqual(last?.status?.podIPs, ends[0]?.status?.podIPs);
  const phases = of(finished).map((pod) => [pod.status?.phase, isLeft(pod)] as const);
  assert.ok(phases.some(([phase, left]) => phase === 'Succeeded' && left));
  assert.ok(!phases.some(([phase, left]) => phase === 'Succeeded' && !left), JSON.stringify(phases));
});

test('a postStart hook that fails ends the container', async () => {
  const lifecycle = { postStart: { exec: { command: ['false'] } } };
  const container = shell('trap "exit 9" TERM; sleep 1000 & wait', { lifecycle });
  const pod = make({ hostNetwork: true, restartPolicy: 'Never', containers: [container] });
  await settled(pod, hasPhase('Failed'));
  assert.equal(eventsOf(pod, 'FailedPostStartHook').length, 1);
  await remove(pod);
});
