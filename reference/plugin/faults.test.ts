/**
 * Every step of an ADD fails once, in every way: each time the runtime gets an error object, and nothing is left [A6].
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import { attachmentName } from '../agent/attachment/index.ts';
import { namesIn } from '../agent/node.ts';
import { enterNamespaces } from '../testing/namespaces.ts';
import { type TestAgent, TestNode } from '../testing/node.ts';
import { until } from '../testing/wait.ts';
import { attach, config, makeWorld, nodeObject, ready, traces } from '../testing/world.ts';

const skip = enterNamespaces(import.meta.filename).reason ?? false;
const faulty = `${import.meta.dirname}/../testing/faulty.sh`;

let node: TestNode;
let agent: TestAgent;
let url: string;
let api: Awaited<ReturnType<typeof makeWorld>>['api'];

const startAgent = () =>
  node.startAgent(url, { NETVET_HOST_PREFIX: [faulty, `${node.root}/run/fault`, ...node.prefix].join(' ') });
const hangs = () => `${node.root}/run/fault.hangs`;
const fault = (text: string) => writeFileSync(`${node.root}/run/fault`, `${text}\n`);

before(async () => {
  if (skip !== false) return;
  ({ api, url } = await makeWorld());
  node = await TestNode.create(1);
  api.put('nodes', nodeObject(node, '10.244.1.0/24'));
  agent = startAgent();
  await ready(node);
});

after(async () => {
  if (skip !== false) return;
  await agent.stop();
  await node.destroy();
  await api.close();
});

afterEach(() => {
  if (skip === false) fault('');
});

/** The commands of an ADD, in their order. */
const steps = {
  'the pair of links and the node’s route': 'ip -batch -',
  'the Pod’s side': '--net=/run/netns',
  'the rules': 'nft -f -',
};

const hex = (text: string) => Buffer.from(text).toString('hex');

test('a setting that keeps the Pod from spoofing cannot be written: no Pod without it', { skip }, async () => {
  const clean = await traces(node);
  const env = { CNI_CONTAINERID: 'unset', CNI_NETNS: await node.makePod('unset'), CNI_IFNAME: 'eth0' };
  const settings = (...how: string[]) => node.run(['mount', ...how]);
  await settings('--bind', '-o', 'ro', '/proc/sys', '/proc/sys');
  const { exitCode, json } = await node.plugin('ADD', env, config);
  await node.run(['umount', '/proc/sys']);
  assert.deepEqual([exitCode, json.code], [1, 103], JSON.stringify(json));
  assert.match(json.msg, /rp_filter=1/);
  await until(
    'nothing is left',
    () => traces(node),
    (now) => now === clean,
  );
  assert.equal((await node.plugin('ADD', env, config)).exitCode, 0);
  await node.plugin('DEL', env, config);
});

for (const [step, pattern] of Object.entries(steps)) {
  for (const mode of ['before', 'after']) {
    test(`${step}: the command fails ${mode} it did its work`, { skip }, async () => {
      // a first Pod of the class, so that the second changes the rules too
      const first = await attach(node, `first-${mode}-${hex(step)}`);
      const clean = await traces(node);
      const name = `fails-${mode}-${hex(step)}`;
      const env = { CNI_CONTAINERID: name, CNI_NETNS: await node.makePod(name), CNI_IFNAME: 'eth0' };
      const mapped = {
        ...config,
        runtimeConfig: { portMappings: [{ hostPort: 81, containerPort: 80, protocol: 'tcp' }] },
      };
      fault(`${mode} ${pattern}`);
      const { exitCode, json } = await node.plugin('ADD', env, mapped);
      assert.deepEqual([exitCode, json.code], [1, 103], JSON.stringify(json));
      assert.match(`${json.msg}${json.details}`, /injected fault/);
      fault('');
      await until(
        'nothing is left',
        () => traces(node),
        (now) => now === clean,
      );
      const again = await node.plugin('ADD', env, mapped);
      assert.equal(again.exitCode, 0, again.stdout);
      await node.plugin('DEL', env, config);
      await node.plugin('DEL', first.env, config);
    });
  }
}

for (const [step, pattern] of Object.entries(steps)) {
  test(`${step}: the agent dies in the middle; the next one cleans up`, { skip }, async () => {
    await until(
      'the node is whole',
      () => node.plugin('STATUS', {}, config),
      ({ exitCode }) => exitCode === 0,
    );
    const clean = await traces(node);
    const name = `dies-${hex(step)}`;
    const env = { CNI_CONTAINERID: name, CNI_NETNS: await node.makePod(name), CNI_IFNAME: 'eth0' };
    fault(`hang ${pattern}`);
    const mapped = {
      ...config,
      runtimeConfig: { portMappings: [{ hostPort: 82, containerPort: 80, protocol: 'tcp' }] },
    };
    rmSync(hangs(), { force: true });
    const adding = node.plugin('ADD', env, mapped);
    await until('it hangs', () => existsSync(hangs()), Boolean);
    await agent.stop('SIGKILL');
    const { exitCode, json } = await adding;
    assert.deepEqual([exitCode, json.code], [1, 11]);
    fault('');
    // as runtimes do after a failed ADD
    const deleted = await node.plugin('DEL', env, config);
    assert.equal(deleted.exitCode, 0);
    agent = startAgent();
    await ready(node);
    await until(
      'nothing is left',
      () => traces(node),
      (now) => now === clean,
    );
  });
}

test('a lease that cannot be written is an input/output error', { skip }, async () => {
  const clean = await traces(node);
  const netns = await node.makePod('no-lease');
  const leases = `${node.root}/var/lib/cni/networks/netvet`;
  await node.run(['mv', '/var/lib/cni/networks/netvet', '/var/lib/cni/networks/aside']);
  writeFileSync(leases, 'no directory');
  const { json } = await node.plugin(
    'ADD',
    { CNI_CONTAINERID: 'no-lease', CNI_NETNS: netns, CNI_IFNAME: 'eth0' },
    config,
  );
  assert.equal(json.code, 5);
  rmSync(leases);
  await node.run(['mv', '/var/lib/cni/networks/aside', '/var/lib/cni/networks/netvet']);
  assert.equal(await traces(node), clean);
});

test('a journal that cannot be written is an input/output error, and the lease is given back', { skip }, async () => {
  const clean = await traces(node);
  const netns = await node.makePod('no-journal');
  const journal = `${node.root}/var/lib/cni/netvet/attachments`;
  rmSync(journal, { recursive: true });
  writeFileSync(journal, 'no directory');
  const { json } = await node.plugin(
    'ADD',
    { CNI_CONTAINERID: 'no-journal', CNI_NETNS: netns, CNI_IFNAME: 'eth0' },
    config,
  );
  assert.equal(json.code, 5);
  rmSync(journal);
  mkdirSync(journal);
  assert.equal(await traces(node), clean);
});

test('a full disk is an input/output error at every step, and nothing is left', { skip }, async () => {
  const full = await TestNode.create(2, { stateSize: '64k' });
  api.put('nodes', nodeObject(full, '10.244.2.0/24'));
  const other = full.startAgent(url);
  await ready(full);
  const pod = await attach(full, 'before-it-is-full');
  const clean = await traces(full);
  const netns = await full.makePod('full');
  const env = { CNI_CONTAINERID: 'full', CNI_NETNS: netns, CNI_IFNAME: 'eth0' };
  const codes = [];
  // the file system has 16 pages of 4 kB; more and more of them are taken
  for (let kilobytes = 4; kilobytes <= 64; kilobytes += 4) {
    await full.run(['sh', '-c', `head -c ${kilobytes * 1024} /dev/zero >/var/lib/cni/ballast 2>/dev/null`]);
    const { exitCode, json } = await full.plugin('ADD', env, config);
    if (exitCode === 0) await full.plugin('DEL', env, config);
    else {
      assert.deepEqual([exitCode, json.code, json.msg], [1, 5, 'the disk is full']);
      codes.push(json.code);
    }
    assert.equal(await traces(full), clean, `with ${kilobytes} kB of ballast`);
  }
  assert.ok(codes.length > 1, 'the disk was full more than once');
  assert.equal((await full.plugin('DEL', pod.env, config)).exitCode, 0, 'a DEL needs no room');
  // with the agent away as well, a DEL cannot be written down: an error, so that the runtime tries again
  await other.stop();
  await full.run(['sh', '-c', 'head -c 65536 /dev/zero >/var/lib/cni/ballast 2>/dev/null']);
  const deleted = await full.plugin('DEL', env, config);
  assert.deepEqual([deleted.exitCode, deleted.json.code], [1, 5]);
  await full.destroy();
});

test('a DEL that fails says so, keeps what it could not remove, and succeeds later', { skip }, async () => {
  const clean = await traces(node);
  const { env } = await attach(node, 'stubborn');
  fault('before ip link del');
  const { exitCode, json } = await node.plugin('DEL', env, config);
  assert.deepEqual([exitCode, json.code], [1, 103]);
  assert.notEqual(await traces(node), clean);
  fault('');
  assert.equal((await node.plugin('DEL', env, config)).exitCode, 0);
  assert.equal(await traces(node), clean);
});

/** What must be so while one link cannot be deleted, and afterwards. */
async function stuckAt(name: string, clean: string): Promise<void> {
  fault(`before link del dev ${attachmentName(name, 'eth0')}`);
  agent = startAgent();
  await ready(node);
  await until(
    'it was tried',
    () => agent.log,
    (log) => log.includes('it is tried again'),
  );
  const left = namesIn(`${node.root}/var/lib/cni/netvet/attachments`);
  assert.ok(left.includes(`${attachmentName(name, 'eth0')}.json`));
  fault('');
  await until(
    'nothing is left',
    () => traces(node),
    (now) => now === clean,
  );
}

test('a DEL that was written down and fails holds up no other, and is tried again by itself', { skip }, async () => {
  const clean = await traces(node);
  const names = ['before-stuck', 'stuck', 'after-stuck'];
  const pods: Awaited<ReturnType<typeof attach>>[] = [];
  for (const name of names) pods.push(await attach(node, name));
  await agent.stop('SIGKILL');
  for (const { env } of pods) assert.equal((await node.plugin('DEL', env, config)).exitCode, 0);
  const others = names.filter((name) => name !== 'stuck').map((name) => `${attachmentName(name, 'eth0')}.json`);
  const gone = until(
    'the others are carried out',
    () => namesIn(`${node.root}/var/lib/cni/netvet/attachments`),
    (left) => !others.some((one) => left.includes(one)),
  );
  await Promise.all([stuckAt('stuck', clean), gone]);
});

test('an attachment that ended meanwhile and cannot be removed keeps no Pod waiting', { skip }, async () => {
  const clean = await traces(node);
  const { name } = await attach(node, 'stuck-and-gone');
  await agent.stop('SIGKILL');
  await node.run(['ip', 'netns', 'del', name]);
  await stuckAt(name, clean);
});

test('what a DEL could not remove goes by itself when it can, though nobody asks again', { skip }, async () => {
  const clean = await traces(node);
  const { env } = await attach(node, 'asked-once');
  fault('before ip link del');
  assert.equal((await node.plugin('DEL', env, config)).exitCode, 1);
  fault('');
  await until(
    'it is gone',
    () => traces(node),
    (now) => now === clean,
  );
});

test('a DEL succeeds while the rules cannot be changed; they follow later', { skip }, async () => {
  const clean = await traces(node);
  const mapped = { runtimeConfig: { portMappings: [{ hostPort: 83, containerPort: 80, protocol: 'tcp' }] } };
  const { env } = await attach(node, 'no-rules', {}, mapped);
  fault('before nft -f');
  assert.equal((await node.plugin('DEL', env, config)).exitCode, 0);
  fault('');
  await until(
    'the rules follow',
    () => traces(node),
    (now) => now === clean,
  );
});

test('rules are put back once, though routes cannot be, and the other way round', { skip }, async () => {
  const clean = await traces(node);
  const metrics = async () => (await node.run(['curl', '-sS', 'http://127.0.0.1:9098/metrics'])).stdout;
  const read = async (name: string) =>
    Number(new RegExp(`^netvet_${name.replaceAll(/[{}]/g, '\\$&')} (\\d+)$`, 'm').exec(await metrics())?.[1]);
  const damages = {
    tables: ['nft', 'delete', 'table', 'ip', 'netvet-masquerade'],
    links: ['ip', 'route', 'del', 'unreachable', '10.244.1.0/24'],
  };
  const sides = { links: 'ip -force -batch', tables: 'nft -f -' };
  for (const [broken, whole] of [['links', 'tables'] as const, ['tables', 'links'] as const]) {
    await until('the monitor hears', metrics, (text) => text.includes('netvet_hears_nftables 1'));
    fault(`before ${sides[broken]}`);
    const failures = await read('pass_failures_total');
    const repairs = await read(`repairs_total{what="${whole}"}`);
    await node.run(damages[broken]);
    await until(
      `${broken} cannot be put right`,
      () => read('pass_failures_total'),
      (count) => count > failures,
    );
    await node.run(damages[whole]);
    await until(
      `${whole} are put right`,
      () => read(`repairs_total{what="${whole}"}`),
      (count) => count > repairs,
    );
    fault('');
    await until(
      'all is there again',
      () => traces(node),
      (now) => now === clean,
    );
    await ready(node);
  }
});

test('GC goes on after an error and reports all of them [K2]', { skip }, async () => {
  const clean = await traces(node);
  await attach(node, 'gc-1');
  await attach(node, 'gc-2');
  fault('before ip link del');
  const { exitCode, json } = await node.plugin('GC', {}, { ...config, 'cni.dev/valid-attachments': [] });
  assert.deepEqual([exitCode, json.code], [1, 103]);
  assert.equal(json.msg.match(/injected fault/g).length, 2);
  fault('');
  assert.equal((await node.plugin('GC', {}, { ...config, 'cni.dev/valid-attachments': [] })).exitCode, 0);
  assert.equal(await traces(node), clean);
});

test('a runtime that goes away in the middle leaves an attachment that its DEL removes', { skip }, async () => {
  const clean = await traces(node);
  const netns = await node.makePod('impatient');
  const env = { CNI_CONTAINERID: 'impatient', CNI_NETNS: netns, CNI_IFNAME: 'eth0' };
  rmSync(hangs(), { force: true });
  fault('late nft -f -');
  const words = Object.entries({ CNI_COMMAND: 'ADD', ...env }).map((pair) => pair.join('='));
  const running = node.start(['env', '-i', 'PATH=/usr/bin:/bin', ...words, `${import.meta.dirname}/netvet-cni`]);
  const exited = once(running.child, 'exit');
  running.child.stdin?.end(JSON.stringify(config));
  // its curl lives on: had it not asked yet, it would do so after the DEL, as with every plugin that starts others
  await until('the agent is at it', () => existsSync(hangs()), Boolean);
  running.child.kill('SIGKILL');
  await exited;
  // the DEL comes while the ADD still runs, and waits for it
  const deleting = node.plugin('DEL', env, config);
  assert.equal((await node.plugin('VERSION', {}, config)).exitCode, 0);
  fault('');
  rmSync(hangs());
  assert.equal((await deleting).exitCode, 0);
  await until(
    'nothing is left',
    () => traces(node),
    (now) => now === clean,
  );
});
