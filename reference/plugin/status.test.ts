/** STATUS, by the specification. Names in brackets: research/reference-cni.md, 1.3. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { enterNamespaces } from '../testing/namespaces.ts';
import { TestNode } from '../testing/node.ts';
import { until } from '../testing/wait.ts';
import { attach, config, nodeObject, oneNode, ready } from '../testing/world.ts';

const skip = enterNamespaces(import.meta.filename).reason ?? false;
const shared = oneNode(skip);

/** Waits until STATUS of a node says this. */
async function says(node: TestNode, code: number, message: RegExp): Promise<void> {
  await until(
    `STATUS is ${code}`,
    () => node.plugin('STATUS', {}, config),
    ({ exitCode, json }) => exitCode === 1 && json.code === code && message.test(json.msg),
  );
}

test('a node that can take Pods says nothing, and succeeds [T1]', { skip }, async () => {
  const { exitCode, stdout } = await shared.node.plugin('STATUS', {}, config);
  assert.deepEqual([exitCode, stdout], [0, '']);
});

test('without a Pod range, and without a Node object, it is 50 with the reason, until they arrive [T1]', {
  skip,
}, async () => {
  const node = await TestNode.create(2);
  const agent = node.startAgent(shared.url);
  await says(node, 50, /there is no Node node2/);
  shared.api.put('nodes', nodeObject(node));
  await says(node, 50, /Node node2 has no IPv4 spec.podCIDR yet/);
  const netns = await node.makePod('early');
  const added = await node.plugin('ADD', { CNI_CONTAINERID: 'early', CNI_NETNS: netns, CNI_IFNAME: 'eth0' }, config);
  assert.deepEqual([added.exitCode, added.json.code], [1, 11]);
  assert.match(added.json.msg, /spec.podCIDR/);
  assert.equal((await node.run(['ls', '/etc/cni/net.d'])).exitCode, 2, 'no configuration before the node is ready');
  shared.api.put('nodes', nodeObject(node, '10.244.2.0/24'));
  await ready(node);
  await agent.stop();
  await node.destroy();
  shared.api.remove('nodes', undefined, 'node2');
});

test('an API server that was never reached is 50, and its coming mends it [T1]', { skip }, async () => {
  const node = await TestNode.create(3);
  shared.api.put('nodes', nodeObject(node, '10.244.3.0/24'));
  shared.api.fail = 503;
  const agent = node.startAgent(shared.url);
  await says(node, 50, /the API server at http:\/\/192\.168\.50\.1:6443 was not read yet: .*the test wants it so/);
  shared.api.fail = undefined;
  await ready(node);
  await agent.stop();
  await node.destroy();
});

test('a used-up range is 50, and ADD says to try again; the next DEL mends it [T2]', { skip }, async () => {
  const node = await TestNode.create(4);
  shared.api.put('nodes', nodeObject(node, '10.244.4.0/29'));
  const agent = node.startAgent(shared.url);
  await ready(node);
  const pods = [];
  for (let index = 0; index < 6; index += 1) pods.push(await attach(node, `full-${index}`));
  assert.equal(new Set(pods.map(({ address }) => address)).size, 6);
  await says(node, 50, /no address is free in 10\.244\.4\.0\/29/);
  const netns = await node.makePod('one-more');
  const env = { CNI_CONTAINERID: 'one-more', CNI_NETNS: netns, CNI_IFNAME: 'eth0' };
  const added = await node.plugin('ADD', env, config);
  assert.deepEqual([added.exitCode, added.json.code], [1, 11]);
  assert.match(added.json.msg, /no address is free in 10\.244\.4\.0\/29/);
  await node.plugin('DEL', pods[2]?.env ?? {}, config);
  await ready(node);
  // nothing relies on STATUS having been called [T4]: ADD is tried and works
  const now = await node.plugin('ADD', env, config);
  assert.equal(now.json.ips[0].address, `${pods[2]?.address}/32`);
  await agent.stop();
  await node.destroy();
});

test('a broken dataplane is 50 without Pods and 51 with them, and names the reason [T2]', { skip }, async () => {
  const node = await TestNode.create(5);
  shared.api.put('nodes', nodeObject(node, '10.244.5.0/24'));
  const fault = `${node.root}/run/fault`;
  const agent = node.startAgent(shared.url, {
    NETVET_HOST_PREFIX: [`${import.meta.dirname}/../testing/faulty.sh`, fault, ...node.prefix].join(' '),
  });
  await ready(node);
  writeFileSync(fault, 'before nft -f\n');
  // any change makes the agent try
  shared.api.put('services', { metadata: { name: 'x', namespace: 'default' }, spec: service('10.96.0.77') } as never);
  // it becomes a condition of the Node: the reason, once, and not what was fed to nft
  await says(node, 50, /^(?!.*(its input was|\n))(?!.*nft -f -.*nft -f -).*nft -f -/s);
  const netns = await node.makePod('no-nft');
  const added = await node.plugin('ADD', { CNI_CONTAINERID: 'no-nft', CNI_NETNS: netns, CNI_IFNAME: 'eth0' }, config);
  assert.equal(added.exitCode, 1, 'T5: ADD is tried after a failing STATUS, and says what fails');
  writeFileSync(fault, '\n');
  await ready(node);
  await attach(node, 'there');
  writeFileSync(fault, 'before nft -f\n');
  shared.api.put('services', { metadata: { name: 'x', namespace: 'default' }, spec: service('10.96.0.78') } as never);
  await says(node, 51, /nft -f -/);
  await agent.stop();
  await node.destroy();
});

function service(clusterIP: string) {
  return { type: 'ClusterIP', clusterIP, clusterIPs: [clusterIP], ports: [{ port: 80, protocol: 'TCP' }] };
}

test('while the agent is away it is 50 without Pods and 51 with them [T2]', { skip }, async () => {
  const { node } = shared;
  await shared.agent.stop();
  await says(node, 50, /agent of this node does not answer/);
  shared.agent = node.startAgent(shared.url);
  await ready(node);
  await attach(node, 'still-there');
  await shared.agent.stop('SIGKILL');
  await says(node, 51, /agent of this node does not answer.*Pods keep their network/);
});
