/** GC, by the specification. Names in brackets: research/reference-cni.md, 1.3. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { enterNamespaces } from '../testing/namespaces.ts';
import { attach, config, oneNode, traces } from '../testing/world.ts';

const skip = enterNamespaces(import.meta.filename).reason ?? false;
const shared = oneNode(skip);
const gc = (extra: object) => shared.node.plugin('GC', {}, { ...config, ...extra });
const listed = (...names: string[]) => names.map((containerID) => ({ containerID, ifname: 'eth0' }));

for (const key of ['cni.dev/valid-attachments', 'cni.dev/attachments']) {
  test(`it removes what is not in "${key}", be its namespace gone, and keeps the rest [K1, K4, K6]`, {
    skip,
  }, async () => {
    const { node } = shared;
    const before = await traces(node);
    const kept = await attach(node, `kept-${key.length}`);
    const withKept = await traces(node);
    await attach(node, `stale-${key.length}`);
    await attach(node, `dead-${key.length}`);
    await node.run(['ip', 'netns', 'del', `dead-${key.length}`]);
    const { exitCode, stdout } = await gc({ [key]: listed(kept.name, 'never-seen') });
    assert.deepEqual([exitCode, stdout], [0, '']);
    assert.equal(await traces(node), withKept);
    assert.equal((await node.plugin('CHECK', kept.env, { ...config, prevResult: kept.result })).exitCode, 0);
    assert.equal((await gc({ [key]: [] })).exitCode, 0);
    assert.equal(await traces(node), before, 'an empty list removes all [K5]');
  });
}

test('attachments of another network are not its business [K1]', { skip }, async () => {
  const { node } = shared;
  const other = await attach(node, 'other-network', {}, { name: 'other' });
  const before = await traces(node);
  assert.equal((await gc({ 'cni.dev/valid-attachments': [] })).exitCode, 0);
  assert.equal(await traces(node), before);
  await node.plugin('DEL', other.env, { ...config, name: 'other' });
});

test('links and routes of others are not its business [K1]', { skip }, async () => {
  const { node } = shared;
  await node.run(['ip', 'link', 'add', 'nvother', 'type', 'veth', 'peer', 'name', 'nvother2']);
  await node.run(['ip', 'link', 'set', 'nvother', 'up']);
  await node.run(['ip', 'route', 'add', '10.50.0.0/16', 'dev', 'nvother']);
  assert.equal((await gc({ 'cni.dev/valid-attachments': [] })).exitCode, 0);
  assert.match((await node.run(['ip', 'route'])).stdout, /10\.50\.0\.0\/16 dev nvother/);
  await node.run(['ip', 'link', 'del', 'nvother']);
});

test('leases and links that no attachment has are removed [K1]', { skip }, async () => {
  const { node } = shared;
  const before = await traces(node);
  await node.run(['ip', 'link', 'add', 'nvaaaaaaaaaaaaa', 'type', 'veth', 'peer', 'name', 'orphan']);
  writeFileSync(`${node.root}/var/lib/cni/networks/netvet/10.244.1.77`, 'gone\r\neth0');
  assert.equal((await gc({ 'cni.dev/valid-attachments': [] })).exitCode, 0);
  assert.equal(await traces(node), before);
});

test('a missing list is an error and removes nothing [K5]; so is one that is no list', { skip }, async () => {
  const { node } = shared;
  const pod = await attach(node, 'precious');
  const before = await traces(node);
  for (const extra of [{}, { 'cni.dev/valid-attachments': null }]) {
    const { exitCode, json } = await gc(extra);
    assert.deepEqual([exitCode, json.code], [1, 7]);
    assert.match(json.msg, /cni\.dev\/valid-attachments/);
  }
  for (const list of ['x', {}, [7], [{ containerID: 'precious' }], [{ ifname: 'eth0' }]]) {
    assert.equal((await gc({ 'cni.dev/valid-attachments': list })).json.code, 7);
  }
  assert.equal(await traces(node), before);
  await node.plugin('DEL', pod.env, config);
});

test('while the agent is away it says to try again', { skip }, async () => {
  await shared.agent.stop();
  const { exitCode, json } = await gc({ 'cni.dev/valid-attachments': [] });
  assert.deepEqual([exitCode, json.code], [1, 11]);
});
