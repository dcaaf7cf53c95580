/** ADD, by the specification. Names in brackets: research/reference-cni.md, 1.3. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { enterNamespaces } from '../testing/namespaces.ts';
import { attach, config, oneNode, traces } from '../testing/world.ts';

const skip = enterNamespaces(import.meta.filename).reason ?? false;
const shared = oneNode(skip);

for (const version of ['0.3.1', '0.4.0', '1.0.0', '1.1.0']) {
  test(`the result is complete and in version ${version} [A1, A4, G4]`, { skip }, async () => {
    const { node } = shared;
    const pod = await attach(node, `result-${version}`, {}, { cniVersion: version });
    const modern = version === '1.1.0';
    const { interfaces, ips, routes, dns, cniVersion, ...rest } = pod.result;
    assert.equal(cniVersion, version);
    assert.deepEqual(rest, {});
    const mac = `0a:58:${pod.address
      .split('.')
      .map((byte) => Number(byte).toString(16).padStart(2, '0'))
      .join(':')}`;
    assert.match(interfaces[0].name, /^nv[a-z2-7]{13}$/);
    assert.deepEqual(interfaces, [
      { name: interfaces[0].name, mac: 'ee:ee:ee:ee:ee:ee', ...(modern && { mtu: 1500 }) },
      { name: 'eth0', mac, ...(modern && { mtu: 1500 }), sandbox: pod.netns },
    ]);
    const numbered = version.startsWith('0.') ? { version: '4' } : {};
    assert.deepEqual(ips, [{ ...numbered, address: `${pod.address}/32`, gateway: '169.254.1.1', interface: 1 }]);
    assert.deepEqual(routes, [
      { dst: '169.254.1.1/32', ...(modern && { scope: 253 }) },
      { dst: '0.0.0.0/0', gw: '169.254.1.1' },
    ]);
    assert.deepEqual(dns, {});
    // and it is so
    const links = JSON.parse((await node.inPod(pod.netns)(['ip', '-j', 'addr', 'show', 'dev', 'eth0'])).stdout);
    assert.deepEqual([links[0].address, links[0].mtu, links[0].operstate], [mac, 1500, 'UP']);
    assert.equal(links[0].addr_info[0].local, pod.address);
    assert.equal(links[0].addr_info[0].prefixlen, 32);
    assert.equal((await node.plugin('DEL', pod.env, { ...config, cniVersion: version })).exitCode, 0);
  });
}

test('the interface is called what CNI_IFNAME says, be it strange', { skip }, async () => {
  for (const name of ['net1', 'a;b', '$(id)', '-x', 'e&f', 'all-of-15-chars']) {
    const pod = await attach(shared.node, `name-${Buffer.from(name).toString('hex')}`, { CNI_IFNAME: name });
    assert.equal(pod.result.interfaces[1].name, name);
    assert.equal((await shared.node.plugin('DEL', pod.env, config)).exitCode, 0);
  }
});

test('an interface of that name that exists already is an error, and stays [A2]', { skip }, async () => {
  const { node } = shared;
  const netns = await node.makePod('occupied');
  await node.inPod(netns)(['ip', 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'other']);
  const before = await traces(node);
  const env = { CNI_CONTAINERID: 'occupied', CNI_NETNS: netns, CNI_IFNAME: 'eth0' };
  const { exitCode, json } = await node.plugin('ADD', env, config);
  assert.deepEqual([exitCode, json.code], [1, 102]);
  assert.match(json.msg, /eth0 exists already/);
  assert.equal(await traces(node), before);
  assert.equal((await node.inPod(netns)(['ip', 'link', 'show', 'eth0'])).exitCode, 0);
});

test('the same attachment twice is an error, and the first stays as it is [A8]', { skip }, async () => {
  const { node } = shared;
  const pod = await attach(node, 'twice');
  const before = await traces(node);
  const again = await node.plugin('ADD', pod.env, config);
  assert.deepEqual([again.exitCode, again.json.code], [1, 101]);
  assert.equal(await traces(node), before);
  assert.equal((await node.plugin('CHECK', pod.env, { ...config, prevResult: pod.result })).exitCode, 0);
  await node.plugin('DEL', pod.env, config);
});

test('a namespace with another default route is refused, and stays as it is', { skip }, async () => {
  const { node } = shared;
  const first = await attach(node, 'several');
  const before = await traces(node);
  const { exitCode, json } = await node.plugin('ADD', { ...first.env, CNI_IFNAME: 'net1' }, config);
  assert.deepEqual([exitCode, json.code], [1, 103]);
  assert.match(json.msg, /refused "route add .*": RTNETLINK answers: File exists/);
  assert.equal(await traces(node), before);
  assert.equal((await node.plugin('CHECK', first.env, { ...config, prevResult: first.result })).exitCode, 0);
  await node.plugin('DEL', first.env, config);
});

test('prevResult of a plugin before it is passed on [A3]', { skip }, async () => {
  const prevResult = {
    cniVersion: '1.1.0',
    interfaces: [{ name: 'lo', sandbox: '/run/netns/chained', mtu: 65536 }],
    ips: [{ address: '127.0.0.1/8', interface: 0 }],
    routes: [{ dst: '10.9.0.0/16', gw: '10.9.0.1', priority: 7 }],
    dns: { nameservers: ['10.96.0.10'] },
  };
  const pod = await attach(shared.node, 'chained', {}, { prevResult });
  assert.deepEqual(pod.result.interfaces[0], prevResult.interfaces[0]);
  assert.deepEqual(pod.result.ips[0], prevResult.ips[0]);
  assert.equal(pod.result.ips[1].interface, 2);
  assert.equal(pod.result.interfaces[2].name, 'eth0');
  assert.deepEqual(pod.result.routes[0], prevResult.routes[0]);
  assert.deepEqual(pod.result.dns, prevResult.dns);
  await shared.node.plugin('DEL', pod.env, config);
  // an older version's
  const old = { interfaces: null, ips: [{ version: '4', address: '10.9.0.2/16' }], routes: [], dns: {} };
  const env = { CNI_CONTAINERID: 'old', CNI_NETNS: await shared.node.makePod('old'), CNI_IFNAME: 'eth0' };
  const { json } = await shared.node.plugin('ADD', env, { ...config, cniVersion: '0.4.0', prevResult: old });
  assert.deepEqual(json.ips[0], { version: '4', address: '10.9.0.2/16' });
  await shared.node.plugin('DEL', env, config);
});

test('a prevResult that is none is refused', { skip }, async () => {
  const env = { CNI_CONTAINERID: 'bad-prev', CNI_NETNS: await shared.node.makePod('bad-prev'), CNI_IFNAME: 'eth0' };
  for (const prevResult of ['x', 7, [], { interfaces: {} }, { ips: [7] }, { ips: [{}] }]) {
    const { json } = await shared.node.plugin('ADD', env, { ...config, prevResult });
    assert.equal(json.code, 7);
  }
});

test('the configuration can give an MTU and name servers', { skip }, async () => {
  const dns = { nameservers: ['10.0.0.1'], search: ['x.local'] };
  const pod = await attach(shared.node, 'mtu', {}, { mtu: 1280, dns });
  assert.deepEqual(
    pod.result.interfaces.map(({ mtu }: { mtu: number }) => mtu),
    [1280, 1280],
  );
  assert.deepEqual(pod.result.dns, dns);
  await shared.node.plugin('DEL', pod.env, config);
  for (const mtu of [0, 67, 70_000, '1500', 1.5]) {
    const { json } = await shared.node.plugin('ADD', pod.env, { ...config, mtu });
    assert.equal(json.code, 7);
  }
});

test('runtimeConfig counts for the declared capability only [A7, R3]', { skip }, async () => {
  const runtimeConfig = {
    ips: ['10.244.1.200/24'],
    mac: '02:00:00:00:00:09',
    bandwidth: { ingressRate: 1 },
    portMappings: [
      { hostPort: 8080, containerPort: 80, protocol: 'tcp' },
      { hostPort: 0, containerPort: 81, protocol: 'tcp' },
    ],
  };
  const pod = await attach(shared.node, 'capabilities', {}, { runtimeConfig });
  assert.notEqual(pod.address, '10.244.1.200');
  assert.notEqual(pod.result.interfaces[1].mac, '02:00:00:00:00:09');
  await shared.node.serve(80, pod.netns);
  assert.match(await shared.node.ask(shared.node.address, 8080), /^hello from /);
  await shared.node.plugin('DEL', pod.env, config);
  assert.equal(await shared.node.ask(shared.node.address, 8080), 'ECONNREFUSED');
  for (const portMappings of [
    'x',
    [{ hostPort: 70_000, containerPort: 1 }],
    [{ hostPort: 1, containerPort: 1, hostIP: '$(id)' }],
  ]) {
    const { json } = await shared.node.plugin('ADD', pod.env, { ...config, runtimeConfig: { portMappings } });
    assert.equal(json.code, 7);
  }
});

test('what is no other network namespace is refused with code 8', { skip }, async () => {
  const { node } = shared;
  const before = await traces(node);
  writeFileSync(`${node.root}/run/a-file`, '');
  const cases = {
    '/run/netns/gone': /does not exist/,
    '/run/a-file': /no network namespace/,
    '/proc/self/ns/net': /own/,
  };
  for (const [netns, message] of Object.entries(cases)) {
    // /proc/self is the agent's there
    const { json } = await node.plugin('ADD', { CNI_CONTAINERID: 'x', CNI_NETNS: netns, CNI_IFNAME: 'eth0' }, config);
    assert.equal(json.code, 8);
    assert.match(json.msg, message);
  }
  assert.equal(await traces(node), before);
});

test('the host link tells whose it is', { skip }, async () => {
  const args = 'K8S_POD_NAME=web-0;IgnoreUnknown=1;K8S_POD_INFRA_CONTAINER_ID=x=y;K8S_POD_NAMESPACE=default';
  const pod = await attach(shared.node, 'alias', { CNI_ARGS: args });
  const { stdout } = await shared.node.run(['ip', 'link', 'show', pod.result.interfaces[0].name]);
  assert.match(stdout, /alias default\/web-0/);
  await shared.node.plugin('DEL', pod.env, config);
});
