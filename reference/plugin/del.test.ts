/** DEL, by the specification. Names in brackets: research/reference-cni.md, 1.3. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { enterNamespaces } from '../testing/namespaces.ts';
import { until } from '../testing/wait.ts';
import { attach, config, oneNode, ready, traces } from '../testing/world.ts';

const skip = enterNamespaces(import.meta.filename).reason ?? false;
const shared = oneNode(skip);
const del = (env: Record<string, string>, extra: object = {}) =>
  shared.node.plugin('DEL', env, { ...config, ...extra });
const done = { exitCode: 0, stdout: '', stderr: '' };

function assertDone(result: { exitCode: number; stdout: string; stderr: string }): void {
  const { exitCode, stdout, stderr } = result;
  assert.deepEqual({ exitCode, stdout, stderr }, done);
}

test('it removes all of an attachment, and a second time it succeeds too [D1]', { skip }, async () => {
  const before = await traces(shared.node);
  const { env, result } = await attach(shared.node, 'whole');
  assert.notEqual(await traces(shared.node), before);
  assertDone(await del(env, { prevResult: result }));
  assert.equal(await traces(shared.node), before);
  assertDone(await del(env, { prevResult: result }));
});

test('it needs no prevResult [D2] and takes a broken one', { skip }, async () => {
  const before = await traces(shared.node);
  const first = await attach(shared.node, 'without');
  assertDone(await del(first.env));
  const second = await attach(shared.node, 'broken');
  assertDone(await del(second.env, { prevResult: 'x', mtu: 'x', ipam: { type: 'x' } }));
  assert.equal(await traces(shared.node), before);
});

for (const [name, netns] of Object.entries({ empty: '', gone: '/run/netns/del-gone', strange: '$(reboot) "' })) {
  test(`with a CNI_NETNS that is ${name} it releases everything all the same [D3]`, { skip }, async () => {
    const before = await traces(shared.node);
    const pod = await attach(shared.node, `del-${name}`);
    if (name === 'gone') await shared.node.run(['ip', 'netns', 'del', `del-${name}`]);
    assertDone(await del({ ...pod.env, CNI_NETNS: netns }));
    assert.equal(await traces(shared.node), before);
  });
}

test('a container that is not known is as good as removed [D4]', { skip }, async () => {
  assertDone(await del({ CNI_CONTAINERID: 'never-seen', CNI_IFNAME: 'eth0' }));
});

test('what was removed by hand does not stand in its way', { skip }, async () => {
  const before = await traces(shared.node);
  const { env, result, address } = await attach(shared.node, 'by-hand');
  await shared.node.run(['ip', 'link', 'del', result.interfaces[0].name]);
  await shared.node.run(['rm', `/var/lib/cni/networks/netvet/${address}`]);
  assertDone(await del(env));
  assert.equal(await traces(shared.node), before);
});

test('a late DEL leaves an address alone that is another’s by now [D7]', { skip }, async () => {
  const { node } = shared;
  const pod = await attach(node, 'late');
  await node.plugin('DEL', pod.env, config);
  // the pool comes round to the same address: the other is asked for until it has it
  const file = `${node.root}/var/lib/cni/networks/netvet/last_reserved_ip.0`;
  const previous = pod.address.split('.').map(Number);
  writeFileSync(file, [...previous.slice(0, 3), (previous[3] as number) - 1].join('.'));
  const newcomer = await attach(node, 'newcomer');
  assert.equal(newcomer.address, pod.address);
  const before = await traces(node);
  assertDone(await del(pod.env, { prevResult: pod.result }));
  assert.equal(await traces(node), before);
  assert.equal((await node.plugin('CHECK', newcomer.env, { ...config, prevResult: newcomer.result })).exitCode, 0);
  assertDone(await del(newcomer.env));
});

test('it completes while the API server is away [D6]', { skip }, async () => {
  const { node, api } = shared;
  const before = await traces(node);
  const { env } = await attach(node, 'no-api');
  api.fail = 503;
  api.cut();
  assertDone(await del(env));
  assert.equal(await traces(node), before);
  api.fail = undefined;
});

test('while the agent is away it is written down, and carried out when the agent is back [D6]', { skip }, async () => {
  const { node, url } = shared;
  const before = await traces(node);
  const pods = [await attach(node, 'away-1'), await attach(node, 'away-2')];
  await shared.agent.stop('SIGKILL');
  for (const { env } of pods) assertDone(await del(env));
  const queue = `${node.root}/var/lib/cni/netvet/deletions`;
  assert.deepEqual(
    readdirSync(queue)
      .map((name) => readFileSync(`${queue}/${name}`, 'utf8'))
      .toSorted(),
    ['away-1\neth0\nend\n', 'away-2\neth0\nend\n'],
  );
  // what a full disk or a crash left half written, and what nobody wrote
  writeFileSync(`${queue}/half`, 'away-');
  writeFileSync(`${queue}/strange`, '../../etc\n$(reboot)\nend\n');
  shared.agent = node.startAgent(url);
  await ready(node);
  await node.run(['touch', '-d', '1 hour ago', '/var/lib/cni/netvet/deletions/half']);
  await until(
    'the queue is empty',
    () => traces(node),
    (now) => now === before,
  );
});
