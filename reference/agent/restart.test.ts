/** An agent that ends, by whatever way, and comes back: connections, Pods and policies never notice. */
import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { enterNamespaces } from '../testing/namespaces.ts';
import { peerArgv } from '../testing/node.ts';
import { until } from '../testing/wait.ts';
import { attach, config, oneNode, ready, traces } from '../testing/world.ts';

const skip = enterNamespaces(import.meta.filename).reason ?? false;
const shared = oneNode(skip);

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`a TCP connection, and everything on the node, outlives an agent's ${signal} and the next one's start`, {
    skip,
  }, async () => {
    const { node, url } = shared;
    const a = await attach(node, `a-${signal}`);
    const b = await attach(node, `b-${signal}`);
    await node.serve(80, b.netns);
    const talk = node.start(peerArgv({ op: 'stream', address: b.address, port: 80 }), a.netns);
    const answers = () => talk.output().trim().split('\n').length;
    await until('they talk', answers, (count) => count > 5);
    const before = await traces(node);
    await shared.agent.stop(signal);
    const whenStopped = answers();
    await until('they go on without an agent', answers, (count) => count > whenStopped + 10);
    assert.equal(await traces(node), before);
    shared.agent = node.startAgent(url);
    await ready(node);
    const whenBack = answers();
    await until('they go on with the new one', answers, (count) => count > whenBack + 10);
    assert.equal(await traces(node), before);
    const lines = talk.output().trim().split('\n');
    assert.deepEqual(
      lines,
      lines.map((_, index) => `${index + 1} from ${a.address}`),
      'nothing is lost',
    );
    talk.child.kill();
    for (const { env } of [a, b]) assert.equal((await node.plugin('DEL', env, config)).exitCode, 0);
  });
}

test('an agent sets on links what one before it has not', { skip }, async () => {
  const { node, url } = shared;
  const pod = await attach(node, 'unguarded');
  const name = pod.result.interfaces[0].name as string;
  const values = { 'ipv4/conf/rp_filter': '1', 'ipv6/conf/accept_ra': '0', 'ipv6/conf/disable_ipv6': '1' };
  const files = Object.keys(values).map((path) => `/proc/sys/net/${path.replace('conf', `conf/${name}`)}`);
  const read = async () => (await node.run(['cat', ...files])).stdout.trim().split('\n');
  assert.deepEqual(await read(), Object.values(values));
  await shared.agent.stop();
  await node.run(['sysctl', '-qw', 'net.ipv4.conf.all.rp_filter=2']);
  await node.run(['sh', '-c', `for f in ${files.join(' ')}; do echo $((1 - $(cat $f))) >$f; done`]);
  shared.agent = node.startAgent(url);
  await ready(node);
  await until('they are set again', read, (now) => now.join() === Object.values(values).join());
  assert.match(shared.agent.log, /rp_filter of all links is loose/);
  await node.run(['sysctl', '-qw', 'net.ipv4.conf.all.rp_filter=0']);
  await node.plugin('DEL', pod.env, config);
});

test('attachments are known to the next agent: CHECK, a second ADD and DEL say so', { skip }, async () => {
  const { node, url } = shared;
  const clean = await traces(node);
  const pod = await attach(node, 'known');
  await shared.agent.stop('SIGKILL');
  shared.agent = node.startAgent(url);
  await ready(node);
  assert.equal((await node.plugin('CHECK', pod.env, { ...config, prevResult: pod.result })).exitCode, 0);
  assert.equal((await node.plugin('ADD', pod.env, config)).json.code, 101);
  const other = await attach(node, 'other');
  assert.notEqual(other.address, pod.address);
  for (const { env } of [pod, other]) await node.plugin('DEL', env, config);
  assert.equal(await traces(node), clean);
});

test('what died while no agent ran is cleaned up at the next start; what lives, stays', { skip }, async () => {
  const { node, url } = shared;
  const clean = await traces(node);
  const alive = await attach(node, 'alive');
  const withAlive = await traces(node);
  await attach(node, 'dead');
  await shared.agent.stop('SIGKILL');
  await node.run(['ip', 'netns', 'del', 'dead']);
  writeFileSync(`${node.root}/var/lib/cni/networks/netvet/10.244.1.200`, 'leaked\r\neth0');
  writeFileSync(`${node.root}/var/lib/cni/netvet/attachments/nvgarbage.json`, '{"format":');
  await node.run(['ip', 'link', 'add', 'nvbbbbbbbbbbbbb', 'type', 'veth', 'peer', 'name', 'leaked']);
  await node.run(['ip', 'route', 'add', '10.244.1.201', 'dev', 'eth0', 'proto', '118']);
  shared.agent = node.startAgent(url);
  await ready(node);
  await until(
    'only what lives is left',
    () => traces(node),
    (now) => now === withAlive,
  );
  await node.plugin('DEL', alive.env, config);
  assert.equal(await traces(node), clean);
});

test('the link of a Pod that lives went while no agent ran: it is made again, with all that is set on it', {
  skip,
}, async () => {
  const { node, url } = shared;
  const clean = await traces(node);
  const pods = [await attach(node, 'unlinked'), await attach(node, 'unlinked-too')] as const;
  const [pod, other] = pods;
  await node.serve(80, pod.netns);
  await shared.agent.stop('SIGKILL');
  const links = pods.map(({ result }) => result.interfaces[0].name as string);
  for (const link of links) await node.run(['ip', 'link', 'del', link]);
  shared.agent = node.startAgent(url);
  await ready(node);
  for (const { env, result } of pods) {
    await until(
      'it is as ADD made it',
      () => node.plugin('CHECK', env, { ...config, prevResult: result }),
      ({ exitCode }) => exitCode === 0,
    );
  }
  assert.equal(await node.ask(pod.address, 80, other.netns), `hello from ${other.address}`);
  const settings = links.map((link) => `/proc/sys/net/ipv4/conf/${link}/rp_filter`);
  assert.equal((await node.run(['cat', ...settings])).stdout, '1\n1\n');
  for (const { env } of pods) assert.equal((await node.plugin('DEL', env, config)).exitCode, 0);
  assert.equal(await traces(node), clean);
});

test('a Pod on the node’s network cannot keep the agent from its work', { skip }, async () => {
  const { node, url } = shared;
  const listen = `for (const at of [{ path: "\\0netvet-cni-agent" }, { port: 9098, host: "127.0.0.1" }])
    net.createServer((one) => one.destroy()).listen(at, () => console.log("taken"));`;
  await shared.agent.stop();
  const pod = node.start([process.execPath, '-e', listen]);
  await until(
    'the name and the port are taken',
    () => pod.output(),
    (text) => text === 'taken\ntaken\n',
  );
  shared.agent = node.startAgent(url);
  await until(
    'the agent has begun',
    () => shared.agent.log,
    (log) => /at work/.test(log),
  );
  assert.ok(!shared.agent.log.includes('waiting for its end'), shared.agent.log);
  pod.child.kill();
  const { mode } = statSync(`${node.root}/run/netvet-cni/agent.lock`);
  assert.equal(mode & 0o777, 0o600);
  assert.equal(statSync(`${node.root}/run/netvet-cni`).mode & 0o777, 0o700);
  await ready(node);
});

test('two agents never work at once: the second waits for the end of the first', { skip }, async () => {
  const { node, url } = shared;
  const second = node.startAgent(url);
  await until(
    'it waits',
    () => second.log,
    (log) => log.includes('another agent is at work'),
  );
  // what the first one does takes longer than a start
  const { env } = await attach(node, 'meanwhile');
  assert.equal((await node.plugin('DEL', env, config)).exitCode, 0);
  assert.ok(!second.log.includes('the agent is at work'));
  assert.equal((await node.plugin('STATUS', {}, config)).exitCode, 0);
  await shared.agent.stop();
  await until(
    'it takes over',
    () => second.log,
    (log) => log.includes('the agent is at work'),
  );
  shared.agent = second;
  await ready(node);
});

test('an agent of a former version, which knows no file, is waited for; and it would wait for this one', {
  skip,
}, async () => {
  const { node, url } = shared;
  await shared.agent.stop();
  const name = 'const name = "\\0netvet-cni-agent";';
  const serve = `${name} http.createServer((request, response) => response.end("netvet-cni/1 1\\n{}"))
    .listen("/run/netvet-cni/agent.sock", () => net.createServer().listen(name, () => console.log("at work")));`;
  const former = node.start([process.execPath, '-e', serve]);
  const says = (text: string) =>
    until(
      `the former one is ${text}`,
      () => former.output(),
      (said) => said.includes(text),
    );
  await says('at work');
  shared.agent = node.startAgent(url);
  await until(
    'it waits',
    () => shared.agent.log,
    (log) => log.includes('another agent is at work'),
  );
  assert.ok(!shared.agent.log.includes('the agent is at work'));
  former.child.kill('SIGKILL');
  await ready(node);
  const again = `${name} net.createServer().on("error", ({ code }) => console.log(code)).listen(name);`;
  assert.equal((await node.run([process.execPath, '-e', again])).stdout, 'EADDRINUSE\n');
});

test('without an API server an agent that starts leaves rules and Pods alone, and can remove but not add', {
  skip,
}, async () => {
  const { node, url, api } = shared;
  const a = await attach(node, 'offline-a');
  const b = await attach(node, 'offline-b');
  await node.serve(80, b.netns);
  await shared.agent.stop('SIGKILL');
  api.fail = 503;
  const before = await traces(node);
  shared.agent = node.startAgent(url);
  await until(
    'the agent answers',
    () => node.plugin('STATUS', {}, config),
    ({ json }) => json?.code === 50 && /API server/.test(json.msg),
  );
  assert.equal(await traces(node), before);
  assert.match(await node.ask(b.address, 80, a.netns), /^hello/);
  const netns = await node.makePod('offline-c');
  const added = await node.plugin(
    'ADD',
    { CNI_CONTAINERID: 'offline-c', CNI_NETNS: netns, CNI_IFNAME: 'eth0' },
    config,
  );
  assert.deepEqual([added.exitCode, added.json.code], [1, 11]);
  assert.equal((await node.plugin('DEL', a.env, config)).exitCode, 0);
  api.fail = undefined;
  await ready(node);
  await node.plugin('DEL', b.env, config);
});

test('what others take away comes back: routes, tables, forwarding, and what runtimes need', { skip }, async () => {
  const { node, url } = shared;
  await shared.agent.stop();
  shared.agent = node.startAgent(url, { NETVET_RESYNC_MS: '200' });
  await ready(node);
  const pod = await attach(node, 'robbed');
  const before = await traces(node);
  await node.run(['ip', 'route', 'flush', 'proto', '118']);
  await node.run(['nft', 'flush', 'ruleset']);
  await node.run(['sh', '-c', 'echo 0 >/proc/sys/net/ipv4/ip_forward']);
  const files = ['/opt/cni/bin/netvet-cni', '/etc/cni/net.d/05-netvet.conflist'];
  await node.run(['rm', ...files]);
  await until(
    'all is back',
    () => traces(node),
    (now) => now === before,
  );
  await until(
    'the node forwards again',
    () => node.run(['cat', '/proc/sys/net/ipv4/ip_forward']),
    ({ stdout }) => stdout === '1\n',
  );
  await until(
    'the files are back',
    () => node.run(['ls', ...files]),
    ({ exitCode }) => exitCode === 0,
  );
  await node.plugin('DEL', pod.env, config);
});
