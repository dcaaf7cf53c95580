/** CHECK, by the specification. Names in brackets: research/reference-cni.md, 1.3. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { enterNamespaces } from '../testing/namespaces.ts';
import { attach, config, oneNode } from '../testing/world.ts';

const skip = enterNamespaces(import.meta.filename).reason ?? false;
/** An agent that hears of a damage repairs it, maybe before CHECK has looked: this one hears nothing. */
const shared = oneNode(skip, undefined, (node) => {
  const fault = `${node.root}/run/fault`;
  writeFileSync(fault, 'before monitor\n');
  return { NETVET_HOST_PREFIX: [`${import.meta.dirname}/../testing/faulty.sh`, fault, ...node.prefix].join(' ') };
});

for (const cniVersion of ['0.4.0', '1.0.0', '1.1.0']) {
  test(`right after ADD everything is as it should be, in version ${cniVersion} [C1, C4]`, { skip }, async () => {
    const pod = await attach(shared.node, `fresh-${cniVersion}`, {}, { cniVersion });
    const { exitCode, stdout } = await shared.node.plugin('CHECK', pod.env, {
      ...config,
      cniVersion,
      prevResult: pod.result,
    });
    assert.deepEqual([exitCode, stdout], [0, '']);
    await shared.node.plugin('DEL', pod.env, config);
  });
}

test('changes of plugins after it are none of its business [C2]', { skip }, async () => {
  const pod = await attach(shared.node, 'changed-later');
  await shared.node.inPod(pod.netns)(['ip', 'route', 'add', '10.99.0.0/16', 'via', '169.254.1.1', 'dev', 'eth0']);
  const prevResult = {
    ...pod.result,
    interfaces: [...pod.result.interfaces, { name: 'net1', sandbox: pod.netns }],
    ips: [...pod.result.ips, { address: '10.8.0.2/24', interface: 2 }],
    dns: { nameservers: ['10.96.0.10'] },
  };
  assert.equal((await shared.node.plugin('CHECK', pod.env, { ...config, prevResult })).exitCode, 0);
  await shared.node.plugin('DEL', pod.env, config);
});

const damages: Record<string, [inPod: boolean, argv: string[], message: RegExp]> = {
  'the host link': [false, ['ip', 'link', 'del', 'HOST'], /the host link nv\w+ is gone/],
  'the host link’s state': [false, ['ip', 'link', 'set', 'HOST', 'down'], /the host link nv\w+ is down/],
  'the host link’s MTU': [false, ['ip', 'link', 'set', 'HOST', 'mtu', '1200'], /has MTU 1200, not 1500/],
  'the Pod’s MTU': [true, ['ip', 'link', 'set', 'eth0', 'mtu', '1200'], /eth0 has MTU 1200, not 1500/],
  'the Pod’s MAC': [true, ['ip', 'link', 'set', 'eth0', 'address', '02:00:00:00:00:01'], /has MAC 02:00:00:00:00:01/],
  'the address': [true, ['ip', 'addr', 'flush', 'dev', 'eth0'], /does not have the address 10\.244\.1\.\d+\/32/],
  'the default route': [true, ['ip', 'route', 'del', 'default'], /the default route via 169\.254\.1\.1 is gone/],
  'the gateway’s route': [true, ['ip', 'route', 'flush', '169.254.1.1'], /the route to 169\.254\.1\.1 is gone/],
  'the neighbour': [true, ['ip', 'neigh', 'flush', 'dev', 'eth0', 'nud', 'permanent'], /the permanent neighbour 169/],
  'the node’s route': [false, ['ip', 'route', 'del', 'ADDRESS'], /the node's route to 10\.244\.1\.\d+ is gone/],
  'the lease': [
    false,
    ['rm', '/var/lib/cni/networks/netvet/ADDRESS'],
    /the address 10\.244\.1\.\d+ is not reserved for it/,
  ],
  'a table of rules': [false, ['nft', 'delete', 'table', 'ip', 'netvet-policy'], /tables were not all in nftables/],
  'the interface': [true, ['ip', 'link', 'set', 'eth0', 'down', 'name', 'eth9'], /the interface eth0 is gone/],
};

for (const [what, [inPod, argv, message]] of Object.entries(damages)) {
  test(`it notices that ${what} is not as ADD left it [C1, C3]`, { skip }, async () => {
    const pod = await attach(shared.node, `damage-${what.replaceAll(/[^a-z]/gi, '-')}`);
    const run = inPod ? shared.node.inPod(pod.netns) : shared.node.run;
    const host = pod.result.interfaces[0].name;
    const damaged = await run(argv.map((word) => word.replace('HOST', host).replace('ADDRESS', pod.address)));
    assert.equal(damaged.exitCode, 0, damaged.stderr);
    const { exitCode, json } = await shared.node.plugin('CHECK', pod.env, { ...config, prevResult: pod.result });
    assert.deepEqual([exitCode, json.code], [1, 104]);
    assert.match(json.msg, message);
    assert.equal((await shared.node.plugin('DEL', pod.env, config)).exitCode, 0);
  });
}

test('a prevResult that tells of something else is an error', { skip }, async () => {
  const pod = await attach(shared.node, 'other-result');
  const prevResult = { ...pod.result, ips: [{ address: '10.244.1.250/32', interface: 1 }] };
  const { json } = await shared.node.plugin('CHECK', pod.env, { ...config, prevResult });
  assert.equal(json.code, 104);
  assert.match(json.msg, /does not give eth0 the address/);
  await shared.node.plugin('DEL', pod.env, config);
});

test('without a prevResult it is an error of the configuration [C6]', { skip }, async () => {
  const pod = await attach(shared.node, 'no-result');
  const { json } = await shared.node.plugin('CHECK', pod.env, config);
  assert.deepEqual([json.code, json.msg], [7, 'CHECK needs a "prevResult"']);
  await shared.node.plugin('DEL', pod.env, config);
});

test('an attachment that is not known, or not in that namespace any more, is an error', { skip }, async () => {
  const pod = await attach(shared.node, 'removed');
  await shared.node.run(['ip', 'netns', 'del', 'removed']);
  const checked = await shared.node.plugin('CHECK', pod.env, { ...config, prevResult: pod.result });
  assert.equal(checked.json.code, 104);
  await shared.node.plugin('DEL', pod.env, config);
  const { json } = await shared.node.plugin('CHECK', pod.env, { ...config, prevResult: pod.result });
  assert.equal(json.code, 104);
  assert.match(json.msg, /has no attachment eth0/);
});

test('while the agent is away it says so, and to try again [C3]', { skip }, async () => {
  const pod = await attach(shared.node, 'agent-away');
  await shared.agent.stop();
  const { exitCode, json } = await shared.node.plugin('CHECK', pod.env, { ...config, prevResult: pod.result });
  assert.deepEqual([exitCode, json.code], [1, 11]);
  assert.match(json.msg, /agent of this node does not answer/);
  const added = await shared.node.plugin('ADD', { ...pod.env, CNI_CONTAINERID: 'y' }, config);
  assert.deepEqual([added.exitCode, added.json.code], [1, 11]);
  assert.match(added.json.details, /look at the netvet agent Pod/);
});
