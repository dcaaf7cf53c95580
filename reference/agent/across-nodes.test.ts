/** Pods of different nodes, with real packets: through the nodes' own addresses, and through the tunnel. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { aPod, aService } from '../model/fixtures.ts';
import type { FakeApi } from '../testing/fake-api.ts';
import { enterNamespaces } from '../testing/namespaces.ts';
import { TestNode } from '../testing/node.ts';
import { until } from '../testing/wait.ts';
import { attach, makeWorld, nodeObject, ready } from '../testing/world.ts';

const skip = enterNamespaces(import.meta.filename).reason ?? false;
let api: FakeApi;
let url: string;

before(async () => {
  if (skip === false) ({ api, url } = await makeWorld());
});
after(async () => {
  if (skip === false) await api.close();
});

/** Routes of netvet on a node: destination -> the rest. */
async function routes(node: TestNode): Promise<string[]> {
  return (await node.run(['ip', 'route', 'show', 'proto', '118'])).stdout.trim().split(/\s*\n/).toSorted();
}

for (const [fabric, mtu] of [
  ['auto', 1500],
  ['vxlan', 1450],
] as const) {
  describe(`fabric ${fabric}`, { skip }, () => {
    const nodes: TestNode[] = [];
    const two = () => nodes as [TestNode, TestNode];
    const pods: Awaited<ReturnType<typeof attach>>[] = [];

    before(async () => {
      for (const number of [1, 2]) {
        const node = await TestNode.create(number);
        nodes.push(node);
        api.put('nodes', nodeObject(node, `10.244.${number}.0/24`));
      }
      for (const node of nodes) node.startAgent(url, { NETVET_FABRIC: fabric });
      await Promise.all(nodes.map(ready));
      for (const [index, node] of nodes.entries()) {
        const name = `pod-${index}`;
        const object = aPod(`default/${name}`, { node: node.name });
        api.put('pods', { ...object, metadata: { ...object.metadata, uid: name } });
        const args = `K8S_POD_NAMESPACE=default;K8S_POD_NAME=${name};K8S_POD_UID=${name}`;
        const pod = await attach(node, name, { CNI_ARGS: args });
        await node.serve(80, pod.netns);
        pods.push(pod);
      }
    });
    after(async () => {
      for (const node of nodes) await node.destroy();
      for (const name of ['node1', 'node2']) api.remove('nodes', undefined, name);
      for (const { name } of pods) api.remove('pods', 'default', name);
    });

    test('Pods reach each other both ways, each under its own address, over TCP and UDP', async () => {
      const [a, b] = two();
      const [x, y] = pods as [(typeof pods)[0], (typeof pods)[0]];
      assert.equal(await a.ask(y.address, 80, x.netns), `hello from ${x.address}`);
      assert.equal(await b.ask(x.address, 80, y.netns), `hello from ${y.address}`);
      assert.equal(await a.ask(y.address, 80, x.netns, 'udp'), `hello from ${x.address}`);
    });

    test('a node reaches Pods of the other node, and Pods the other node', async () => {
      const [a, b] = two();
      const [x, y] = pods as [(typeof pods)[0], (typeof pods)[0]];
      const seen = fabric === 'auto' ? a.address : '10.244.1.0';
      assert.equal(await a.ask(y.address, 80), `hello from ${seen}`);
      await b.serve(8080);
      // where the way back is another, rp_filter and clouds that check sources let only the node's address through
      for (const link of ['all', 'eth0']) await b.run(['sysctl', '-qw', `net.ipv4.conf.${link}.rp_filter=1`]);
      const client = fabric === 'auto' ? x.address : a.address;
      assert.equal(await a.ask(b.address, 8080, x.netns), `hello from ${client}`);
    });

    test('an ipBlock that names a node lets that node in, and no other', async () => {
      const [a, b] = two();
      const [x, y] = pods as [(typeof pods)[0], (typeof pods)[0]];
      const only = (cidr: string) => ({
        metadata: { name: 'only', namespace: 'default' },
        spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ ipBlock: { cidr } }] }] },
      });
      const reached = (what: string, wanted: RegExp) =>
        until(
          what,
          () => a.ask(y.address, 80),
          (now) => wanted.test(now),
        );
      api.put('networkpolicies', only(`${b.address}/32`));
      await reached('the other node is kept out', /^(?!hello)/);
      api.put('networkpolicies', only(`${a.address}/32`));
      await reached('the node is let in', /^hello from/);
      assert.doesNotMatch(await a.ask(y.address, 80, x.netns), /^hello/);
      // the range of all Pods names no node
      api.put('networkpolicies', only('10.244.0.0/16'));
      await reached('the node is kept out', /^(?!hello)/);
      assert.equal(await a.ask(y.address, 80, x.netns), `hello from ${x.address}`);
      api.remove('networkpolicies', 'default', 'only');
      await reached('all are let in', /^hello from/);
    });

    test(`Pods have MTU ${mtu}; what is as large gets through whole, and larger in two parts`, async () => {
      const [a] = two();
      const [x, y] = pods as [(typeof pods)[0], (typeof pods)[0]];
      assert.equal(x.result.interfaces[1].mtu, mtu);
      // IPv4 and UDP headers have 28 bytes
      assert.equal(await a.datagram(y.address, 80, mtu - 28, x.netns), '0 fragments, answered');
      assert.equal(await a.datagram(y.address, 80, mtu - 27, x.netns), '2 fragments, answered');
    });

    test('routes are marked as netvet’s, and lead where they should', async () => {
      const [a, b] = two();
      const other =
        fabric === 'auto'
          ? `10.244.2.0/24 via ${b.address} dev eth0`
          : '10.244.2.0/24 via 10.244.2.0 dev nvvxlan onlink';
      const own = pods[0];
      assert.deepEqual(await routes(a), [
        `${own?.address} dev ${own?.result.interfaces[0].name} scope link`,
        other,
        'unreachable 10.244.1.0/24',
      ]);
    });

    test('an address that no Pod has is unreachable at once', async () => {
      const [a] = two();
      assert.equal(await a.ask('10.244.1.250', 80, pods[0]?.netns), 'EHOSTUNREACH');
    });

    test('a node that leaves takes its routes with it; one that comes back with another range is found', async () => {
      const [a, b] = two();
      api.remove('nodes', undefined, 'node2');
      await until(
        'the route is gone',
        () => routes(a),
        (now) => !now.join().includes('10.244.2.0'),
      );
      api.put('nodes', nodeObject(b, '10.244.9.0/24'));
      await until(
        'the new route is there',
        () => routes(a),
        (now) => now.join().includes('10.244.9.0/24 via'),
      );
      assert.ok(!(await routes(a)).join().includes('10.244.2.0'));
      api.put('nodes', nodeObject(b, '10.244.2.0/24'));
      await until(
        'the old route is back',
        () => routes(a),
        (now) => now.join().includes('10.244.2.0/24 via'),
      );
      await until(
        'Pods reach each other again',
        () => a.ask(pods[1]?.address ?? '', 80, pods[0]?.netns),
        (now) => now.startsWith('hello from'),
      );
    });

    test('foreign routes and links are left alone, and a foreign route to the same place wins', async () => {
      const [a] = two();
      await a.run(['ip', 'route', 'add', '10.77.0.0/16', 'via', '192.168.50.1', 'proto', '200']);
      await a.run(['ip', 'route', 'add', '10.244.8.0/24', 'via', '192.168.50.1', 'proto', '200']);
      api.put('nodes', nodeObject({ name: 'node8', address: '192.168.50.18' }, '10.244.8.0/24'));
      api.put('nodes', nodeObject({ name: 'node7', address: '192.168.50.17' }, '10.244.7.0/24'));
      await until(
        'the other route is there',
        () => routes(a),
        (now) => now.join().includes('10.244.7.0/24 via'),
      );
      const all = (await a.run(['ip', 'route'])).stdout;
      assert.match(all, /10\.77\.0\.0\/16 via 192\.168\.50\.1 dev eth0 proto 200/);
      assert.match(all, /10\.244\.8\.0\/24 via 192\.168\.50\.1 dev eth0 proto 200/);
      assert.equal(all.match(/10\.244\.8\.0/g)?.length, 1);
      for (const name of ['node7', 'node8']) api.remove('nodes', undefined, name);
      await until(
        'the route is gone',
        () => routes(a),
        (now) => !now.join().includes('10.244.7.0'),
      );
      assert.match((await a.run(['ip', 'route'])).stdout, /10\.244\.8\.0\/24 via 192\.168\.50\.1 dev eth0 proto 200/);
    });

    test('an external address that is not served is an event of its Service, once for all agents', async () => {
      api.put('services', aService('kube-system/dns', '10.96.0.10'));
      const thief = api.put('services', aService('office/thief', '10.96.0.66', { externalIPs: ['10.96.0.10'] }));
      const path = '/api/v1/namespaces/office/events';
      await until(
        'both agents have told',
        () => api.requests.filter((one) => one === path).length,
        (count) => count === 2,
      );
      const told = () => api.events.filter(({ metadata }) => metadata?.namespace === 'office');
      const [event, ...others] = await until('it is there', told, (all) => all.length > 0);
      assert.deepEqual(others, []);
      const { uid } = thief.metadata;
      const about = { apiVersion: 'v1', kind: 'Service', name: 'thief', namespace: 'office', uid };
      assert.deepEqual(event?.['involvedObject'], about);
      assert.match(String(event?.['message']), /^Service office\/thief is not reached at 10\.96\.0\.10: /);
      for (const [namespace, name] of [
        ['kube-system', 'dns'],
        ['office', 'thief'],
      ] as const) {
        api.remove('services', namespace, name);
      }
      api.events.length = 0;
      api.requests.length = 0;
    });

    if (fabric === 'vxlan') {
      const like = 'no learning, permanent entries, a MAC that follows from the address';
      test(`the tunnel has what flannel’s has: ${like}`, async () => {
        const [a, b] = two();
        const { stdout } = await a.run(['ip', '-d', 'link', 'show', 'nvvxlan']);
        assert.match(
          stdout,
          /mtu 1450 .*0a:58:0a:f4:01:00.*vxlan id 7878 local 192\.168\.50\.11 .*dstport 8472 nolearning/s,
        );
        assert.match(
          (await a.run(['ip', 'neigh', 'show', 'dev', 'nvvxlan'])).stdout,
          /10\.244\.2\.0 lladdr 0a:58:0a:f4:02:00 PERMANENT/,
        );
        assert.match(
          (await a.run(['bridge', 'fdb', 'show', 'dev', 'nvvxlan'])).stdout,
          new RegExp(`0a:58:0a:f4:02:00 dst ${b.address} self permanent`),
        );
      });
    }
  });
}

test('auto takes the tunnel for a node that no link reaches, and the direct way for the others', { skip }, async () => {
  const node = await TestNode.create(3);
  api.put('nodes', nodeObject(node, '10.244.3.0/24'));
  api.put('nodes', nodeObject({ name: 'near', address: '192.168.50.99' }, '10.244.4.0/24'));
  const agent = node.startAgent(url);
  await ready(node);
  assert.deepEqual(await routes(node), ['10.244.4.0/24 via 192.168.50.99 dev eth0', 'unreachable 10.244.3.0/24']);
  api.put('nodes', nodeObject({ name: 'far', address: '172.30.0.5' }, '10.244.5.0/24'));
  await until(
    'both ways are there',
    () => routes(node),
    (now) => now.join().includes('10.244.5.0/24 via 10.244.5.0 dev nvvxlan onlink'),
  );
  assert.ok((await routes(node)).includes('10.244.4.0/24 via 192.168.50.99 dev eth0'));
  const pod = await attach(node, 'small');
  assert.equal(pod.result.interfaces[1].mtu, 1450);
  api.remove('nodes', undefined, 'far');
  await until(
    'the tunnel is gone',
    () => node.run(['ip', 'link', 'show', 'nvvxlan']),
    ({ exitCode }) => exitCode !== 0,
  );
  await agent.stop();
  await node.destroy();
});

test('the uplink’s MTU is the Pods’', { skip }, async () => {
  const node = await TestNode.create(4, { mtu: 1400 });
  api.put('nodes', nodeObject(node, '10.244.6.0/24'));
  const agent = node.startAgent(url);
  await ready(node);
  assert.equal((await attach(node, 'mtu-of-uplink')).result.interfaces[1].mtu, 1400);
  await agent.stop();
  await node.destroy();
});
