/**
 * A Pod is isolated from its first packet on: what the API acknowledged before ADD is in the kernel when ADD returns.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as immediate } from 'node:timers/promises';
import type { Meta } from '../model/index.ts';
import { enterNamespaces } from '../testing/namespaces.ts';
import { until } from '../testing/wait.ts';
import { attach, config, oneNode } from '../testing/world.ts';

const skip = enterNamespaces(import.meta.filename).reason ?? false;
const shared = oneNode(skip);

/** Makes a Pod in the API and attaches it; anew where the machine was too busy for ADD to read the API in its time. */
async function start(name: string, labels: Record<string, string> = {}) {
  const { node, agent } = shared;
  const { metadata } = shared.api.put<{ metadata: Meta }>('pods', aPod(name, labels));
  const args = `K8S_POD_NAMESPACE=default;K8S_POD_NAME=${name};K8S_POD_UID=${metadata.uid}`;
  for (let container = name; ; container += '-again') {
    const before = agent.log.length;
    const pod = await attach(node, container, { CNI_ARGS: args });
    // what the agent wrote before it answered
    await immediate();
    if (!agent.log.slice(before).includes('attaching a Pod with what the watch knows')) return pod;
    await node.plugin('DEL', pod.env, config);
  }
}

function aPod(name: string, labels: Record<string, string>) {
  return {
    metadata: { name, namespace: 'default', labels },
    spec: { nodeName: 'node1', containers: [{ name: 'main' }] },
    status: { phase: 'Pending' },
  };
}

const onlyFriends = {
  metadata: { name: 'only-friends', namespace: 'default' },
  spec: {
    podSelector: { matchLabels: { app: 'db' } },
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: { matchLabels: { friend: 'yes' } } }] }],
  },
};

test('a policy and a Pod that no watch has told of yet are in force when ADD returns', { skip }, async () => {
  const { node, api } = shared;
  const friend = await start('friend', { friend: 'yes' });
  const stranger = await start('stranger');
  api.muted = true;
  api.put('networkpolicies', onlyFriends);
  const db = await start('db', { app: 'db' });
  // the watch is silent: only what ADD itself read can have closed the door, and it was closed before the first packet
  await node.serve(80, db.netns);
  assert.equal(await node.ask(db.address, 80, stranger.netns), 'timeout');
  assert.match(await node.ask(db.address, 80, friend.netns), /^hello/);
  assert.match(await node.ask(db.address, 80), /^hello/, "the Pod's own node is always let in");
  api.muted = false;
  // the watches begin anew where they were, and nothing of it is taken back
  api.cut();
  api.put('pods', aPod('later', {}));
  await until(
    'the agent has heard of it',
    () => api.requests.filter((path) => path.includes('watch')).length,
    (n) => n > 6,
  );
  assert.equal(await node.ask(db.address, 80, stranger.netns), 'timeout');
  for (const { env } of [friend, stranger, db]) await node.plugin('DEL', env, config);
  api.remove('networkpolicies', 'default', 'only-friends');
});

test('while the API server is away a Pod is attached with what is known', { skip }, async () => {
  const { node, api } = shared;
  const stranger = await start('stranger2');
  api.put('networkpolicies', onlyFriends);
  const known = api.put<{ metadata: Meta }>('pods', aPod('db2', { app: 'db' }));
  // a first Pod of the class: when it is closed, the watch has told of the policy
  const probe = await start('probe', { app: 'db' });
  await node.serve(80, probe.netns);
  await until(
    'the policy is known',
    () => node.ask(probe.address, 80, stranger.netns),
    (seen) => seen === 'timeout',
  );
  api.fail = 503;
  const args = `K8S_POD_NAMESPACE=default;K8S_POD_NAME=db2;K8S_POD_UID=${known.metadata.uid}`;
  const db = await attach(node, 'db2', { CNI_ARGS: args });
  await node.serve(80, db.netns);
  assert.equal(await node.ask(db.address, 80, stranger.netns), 'timeout');
  api.fail = undefined;
  for (const { env } of [stranger, probe, db]) await node.plugin('DEL', env, config);
  api.remove('networkpolicies', 'default', 'only-friends');
});

test('a Pod that the API has forgotten is isolated until its DEL', { skip }, async () => {
  const { node, api } = shared;
  const stranger = await start('stranger3');
  api.put('networkpolicies', onlyFriends);
  const db = await start('db3', { app: 'db' });
  await node.serve(80, db.netns);
  assert.equal(await node.ask(db.address, 80, stranger.netns), 'timeout');
  api.remove('pods', 'default', 'db3');
  // something that shows that the agent has heard of it
  const witness = await start('witness');
  assert.equal(await node.ask(db.address, 80, stranger.netns), 'timeout');
  for (const { env } of [stranger, witness, db]) await node.plugin('DEL', env, config);
});

test('a Pod cannot send from an address that is not its own', { skip }, async () => {
  const { node } = shared;
  const a = await start('liar');
  const b = await start('victim');
  await node.serve(80, b.netns);
  assert.match(await node.ask(b.address, 80, a.netns), /^hello/);
  await node.inPod(a.netns)(['ip', 'addr', 'add', '10.244.1.222/32', 'dev', 'eth0']);
  await node.inPod(a.netns)([
    'ip',
    'route',
    'replace',
    'default',
    'via',
    '169.254.1.1',
    'dev',
    'eth0',
    'src',
    '10.244.1.222',
  ]);
  assert.equal(await node.ask(b.address, 80, a.netns), 'timeout');
  for (const { env } of [a, b]) await node.plugin('DEL', env, config);
});

test('explain names the policy and the rule that decide', { skip }, async () => {
  const { node, api } = shared;
  api.put('networkpolicies', onlyFriends);
  const db = await start('db4', { app: 'db' });
  const friend = await start('friend4', { friend: 'yes' });
  const stranger = await start('stranger4');
  const ask = (...words: string[]) =>
    node.run(['env', 'NETVET_HOST_ROOT=/', process.execPath, `${import.meta.dirname}/main.ts`, 'explain', ...words]);
  const allowed = await ask('default/friend4', 'default/db4', 'tcp/5432');
  assert.equal(allowed.exitCode, 0);
  assert.equal(
    allowed.stdout,
    `allowed: default/friend4 (${friend.address}) -> default/db4 (${db.address}) TCP/5432
  egress of default/friend4 (${friend.address}): allowed, because no policy selects it in this direction
  ingress of default/db4 (${db.address}): allowed by rule 1 of policy default/only-friends
`,
  );
  const denied = await ask(stranger.address, 'default/db4', 'TCP/5432');
  assert.equal(denied.exitCode, 1);
  assert.match(
    denied.stdout,
    /^denied: .*\n.*\n.*denied, because no rule of policy default\/only-friends allows it\n$/,
  );
  const wrong = await ask('default/nobody', 'default/db4', 'TCP/5432');
  assert.deepEqual([wrong.exitCode, wrong.stdout], [2, "there is no Pod 'default/nobody'\n"]);
  const usage = await ask('default/nobody', 'TCP/5432');
  assert.equal(usage.exitCode, 2);
  assert.match(usage.stderr, /^usage: agent explain/);
  for (const { env } of [db, friend, stranger]) await node.plugin('DEL', env, config);
});
