/** Services with real packets between network namespaces. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as passTime } from 'node:timers/promises';
import { anEndpoint, aService, aSlice } from '../../model/fixtures.ts';
import { type EndpointSliceObject, model, type ServiceObject } from '../../model/index.ts';
import { until } from '../../testing/wait.ts';
import { createNft } from './index.ts';
import { briefly, type PodPeer } from './lab/index.ts';
import { answers, createScene, meanwhile, type Scene } from './lab/scene.ts';

const id = 'default/web';
const VIP = '10.96.0.10';
const NODE = '192.168.0.1';

describe('services', () => {
  let scene: Scene;
  let client: PodPeer;
  let a: PodPeer;
  let b: PodPeer;
  let far: PodPeer;
  before(async () => {
    scene = await createScene();
    client = await scene.pod('client', '10.244.1.2');
    a = await scene.pod('a', '10.244.1.3');
    b = await scene.pod('b', '10.244.1.4');
    far = await scene.pod('far', '10.244.2.5');
  });
  after(() => scene[Symbol.asyncDispose]());

  /** Both protocols on port 8000, answered on port 80 of these Pods. */
  const serve = (
    spec: Partial<NonNullable<ServiceObject['spec']>>,
    ...pods: (PodPeer | ReturnType<typeof anEndpoint>)[]
  ) => {
    const ports = (['TCP', 'UDP'] as const).map((protocol) => ({
      name: protocol,
      protocol,
      port: 8000,
      nodePort: 30080,
    }));
    const endpoints = pods.map((pod) =>
      'ip' in pod ? anEndpoint(pod.ip, { node: pod.ip.startsWith('10.244.1') ? 'node1' : 'node2' }) : pod,
    );
    const slice: EndpointSliceObject = aSlice(
      id,
      endpoints,
      (['TCP', 'UDP'] as const).map((protocol) => ({ name: protocol, protocol, port: 80 })),
    );
    return scene.change({ services: [aService(id, VIP, { ports, ...spec })], endpointSlices: [slice] });
  };

  test('a Pod reaches a ClusterIP under its own address, on this node and on another', async () => {
    await serve({}, a);
    assert.equal(await client.tcp(VIP, 8000), 'a 10.244.1.2');
    assert.equal(await client.udp(VIP, 8000), 'a 10.244.1.2');
    await serve({}, far);
    assert.equal(await client.tcp(VIP, 8000), 'far 10.244.1.2');
  });

  test('the node reaches a ClusterIP', async () => {
    await serve({}, a);
    assert.equal(await scene.lab.host.tcp(VIP, 8000), `a ${NODE}`);
    await serve({}, far);
    assert.equal(await scene.lab.host.udp(VIP, 8000), `far ${NODE}`);
  });

  test('endpoints take turns by chance', async () => {
    await serve({}, a, b);
    const seen = await answers(60, () => client.tcp(VIP, 8000));
    assert.deepEqual(Object.keys(seen).toSorted(), ['a', 'b']);
    // 60 fair coins give fewer than 12 of one side once in a million times
    assert.ok(Math.min(...Object.values(seen)) >= 12, JSON.stringify(seen));
  });

  test('endpoints come and go, and no connection is refused or has to be asked for again', async () => {
    await serve({}, a, b);
    const counts = await meanwhile(client.many(VIP, 8000, 6000, 1001), async () => {
      await serve({}, a, b, far);
      await serve({}, a);
    });
    assert.deepEqual(Object.keys(counts), ['connected']);
    assert.ok((counts['connected'] ?? 0) > 1000, JSON.stringify(counts));
  });

  test('a Pod reaches itself through its Service, as the node', async () => {
    await serve({}, a);
    assert.equal(await a.tcp(VIP, 8000), `a ${NODE}`);
    assert.equal(await a.udp(VIP, 8000), `a ${NODE}`);
  });

  test('a Service without endpoints rejects at once, for Pods and for the node', async () => {
    await serve({});
    for (const peer of [client, scene.lab.host]) {
      assert.equal(await peer.tcp(VIP, 8000), 'refused');
      assert.equal(await peer.udp(VIP, 8000), 'refused');
    }
  });

  test('an unknown port of a ClusterIP rejects; a deleted Service’s address is nobody’s', async () => {
    await serve({}, a);
    for (const peer of [client, scene.lab.host]) {
      assert.equal(await peer.tcp(VIP, 8001), 'refused');
      assert.equal(await peer.udp(VIP, 8001), 'refused');
    }
    await scene.change({ services: [], endpointSlices: [] });
    // it leaves for the default gateway, which has no such address
    assert.doesNotMatch(await client.tcp(VIP, 8000, briefly), /^a /);
  });

  test('a connection that was begun before its Service was known is made when it is', async () => {
    for (const peer of [client, scene.lab.host]) {
      await scene.change({ services: [], endpointSlices: [] });
      const early = peer.tcp(VIP, 8000, { fromPort: 43000 });
      const inside = peer === client ? ['nsenter', '--net=/run/netns/client', '--'] : [];
      const sockets = () => scene.lab.run([...inside, 'cat', '/proc/net/tcp']);
      // port 43000 in SYN_SENT: that one is lost, and the next comes after a second (RFC 6298)
      await until('the first SYN has gone', sockets, ({ stdout }) => /:A7F8 \S+ 02 /.test(stdout));
      await serve({}, a);
      assert.match(await early, /^a /);
    }
  });

  test('a node port masquerades what comes from outside, and works from Pods and the node', async () => {
    await serve({ type: 'NodePort' }, a);
    assert.equal(await scene.lab.outsider.tcp(NODE, 30080), `a ${NODE}`);
    assert.equal(await scene.lab.outsider.udp(NODE, 30080), `a ${NODE}`);
    assert.equal(await client.tcp(NODE, 30080), `a ${NODE}`);
    assert.equal(await scene.lab.host.tcp(NODE, 30080), `a ${NODE}`);
    await serve({ type: 'NodePort' }, far);
    assert.equal(await scene.lab.outsider.tcp(NODE, 30080), `far ${NODE}`);
    await serve({ type: 'NodePort' });
    assert.equal(await scene.lab.outsider.tcp(NODE, 30080), 'refused');
  });

  test('externalTrafficPolicy Local keeps the client’s address and stays on the node', async () => {
    await serve({ type: 'NodePort', externalTrafficPolicy: 'Local' }, a, far);
    const seen = await answers(12, () => scene.lab.outsider.tcp(NODE, 30080));
    assert.deepEqual(seen, { a: 12 });
    assert.equal(await scene.lab.outsider.tcp(NODE, 30080), 'a 192.168.0.9');
    await serve({ type: 'NodePort', externalTrafficPolicy: 'Local' }, far);
    assert.equal(await scene.lab.outsider.tcp(NODE, 30080, briefly), 'timeout');
    assert.equal(await client.tcp(NODE, 30080), 'far 10.244.1.2');
    assert.equal(await scene.lab.host.tcp(NODE, 30080), `far ${NODE}`);
    assert.equal(await far.tcp(NODE, 30080, briefly), 'timeout');
    await serve({ type: 'NodePort', externalTrafficPolicy: 'Local' }, a);
    assert.equal(await far.tcp(NODE, 30080), 'a 10.244.2.5');
    await serve({ type: 'NodePort', externalTrafficPolicy: 'Local' });
    assert.equal(await scene.lab.outsider.tcp(NODE, 30080), 'refused');
  });

  test('internalTrafficPolicy Local stays on the node, and drops without a local endpoint', async () => {
    await serve({ internalTrafficPolicy: 'Local' }, a, far);
    assert.deepEqual(await answers(12, () => client.tcp(VIP, 8000)), { a: 12 });
    await serve({ internalTrafficPolicy: 'Local' }, far);
    assert.equal(await client.tcp(VIP, 8000, briefly), 'timeout');
  });

  test('external addresses are served from outside and from inside', async () => {
    await mustRoute(scene, '203.0.113.7');
    await serve({ externalIPs: ['203.0.113.7'] }, a);
    assert.equal(await scene.lab.outsider.tcp('203.0.113.7', 8000), `a ${NODE}`);
    assert.equal(await client.tcp('203.0.113.7', 8000), `a ${NODE}`);
  });

  test('a terminating endpoint serves while there is no other, and not afterwards', async () => {
    const leaving = anEndpoint(a.ip, { ready: false, serving: true, terminating: true });
    await serve({}, leaving);
    assert.equal(await client.tcp(VIP, 8000), 'a 10.244.1.2');
    await serve({}, leaving, b);
    assert.deepEqual(await answers(10, () => client.tcp(VIP, 8000)), { b: 10 });
  });

  test('an open connection stays where it is while endpoints come and go', async () => {
    await serve({}, a);
    const { connection } = await client.ask({ op: 'open', address: VIP, port: 8000 });
    for (const pods of [[a, b], [b], []]) {
      await serve({}, ...pods);
      const { server } = await client.ask({ op: 'talk', connection });
      assert.equal(server, 'a');
    }
  });

  describe('session affinity', () => {
    const sticky = (seconds: number) => ({
      type: 'NodePort',
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: seconds } },
    });

    test('a client stays with its endpoint, at the ClusterIP and at the node port', async () => {
      await serve(sticky(60), a, b);
      for (const dial of [
        () => client.tcp(VIP, 8000),
        () => client.udp(VIP, 8000),
        () => scene.lab.outsider.tcp(NODE, 30080),
      ]) {
        assert.equal(Object.keys(await answers(20, dial)).length, 1);
      }
    });

    test('a client whose endpoint goes gets another, and stays with that one when the first returns', async () => {
      await serve(sticky(60), a, b);
      const [first] = (await client.tcp(VIP, 8000)).split(' ');
      const other = first === 'a' ? b : a;
      await serve(sticky(60), other);
      assert.deepEqual(await answers(10, () => client.tcp(VIP, 8000)), { [other.name]: 10 });
      await serve(sticky(60), a, b);
      assert.deepEqual(await answers(20, () => client.tcp(VIP, 8000)), { [other.name]: 20 });
    });

    test('every new connection renews it; after the timeout chance decides again', async () => {
      const timeoutMs = 5_000;
      await serve(sticky(timeoutMs / 1000), a, b);
      const connect = async () => {
        const from = performance.now();
        const [name] = (await client.tcp(VIP, 8000)).split(' ');
        return { name, from, to: performance.now() };
      };
      let first = await connect();
      for (let last = first; last.from - first.to < 1.2 * timeoutMs; ) {
        await passTime(timeoutMs / 5);
        const next = await connect();
        // on a machine that stood still for as long, chance may have decided
        if (next.to - last.from < timeoutMs) assert.equal(next.name, first.name);
        else first = next;
        last = next;
      }
      await serve(sticky(1), a, b);
      const seen = new Set<string | undefined>();
      for (let i = 0; i < 40 && seen.size < 2; i += 1) {
        await passTime(1_300);
        seen.add((await connect()).name);
      }
      assert.equal(seen.size, 2);
    });

    test('taking it away and giving it back', async () => {
      await serve(sticky(60), a, b);
      assert.equal(Object.keys(await answers(20, () => client.tcp(VIP, 8000))).length, 1);
      await serve({ type: 'NodePort' }, a, b);
      assert.equal(Object.keys(await answers(40, () => client.tcp(VIP, 8000))).length, 2);
      await serve(sticky(60), a, b);
      assert.equal(Object.keys(await answers(20, () => client.tcp(VIP, 8000))).length, 1);
    });

    test('what was learned survives an agent that starts again', async () => {
      await serve(sticky(60), a, b);
      const [first = ''] = (await client.tcp(VIP, 8000)).split(' ');
      const report = await createNft({ run: scene.lab.run }).apply(model(scene.snapshot));
      assert.deepEqual([report.outcome, report.problems], ['rebuilt', []]);
      assert.deepEqual(await answers(20, () => client.tcp(VIP, 8000)), { [first]: 20 });
    });

    test('a node port that changes hands costs the clients of others nothing', async () => {
      const other = (nodePort: number) =>
        aService('default/other', '10.96.0.12', { ...sticky(60), ports: [{ name: 'TCP', port: 8000, nodePort }] });
      const heir = (nodePort: number) =>
        aService('default/heir', '10.96.0.11', { ...sticky(60), ports: [{ name: 'TCP', port: 8000, nodePort }] });
      const slices = [id, 'default/other', 'default/heir'].map((of) =>
        aSlice(of, [anEndpoint(a.ip), anEndpoint(b.ip)], [{ name: 'TCP', port: 80 }]),
      );
      const bystander = aService(id, VIP, { ...sticky(60), ports: [{ name: 'TCP', port: 8000, nodePort: 30089 }] });
      await scene.change({ services: [bystander, other(30090), heir(30091)], endpointSlices: slices });
      for (let turn = 0; turn < 12; turn += 1) {
        const [first = ''] = (await client.tcp(VIP, 8000)).split(' ');
        const [taken, free] = turn % 2 === 0 ? [30092, 30090] : [30090, 30091];
        await scene.change({ services: [bystander, other(taken), heir(free)] });
        assert.deepEqual(await answers(1, () => client.tcp(VIP, 8000)), { [first]: 1 });
      }
    });

    test('a node port that another Service takes over forgets whom the first one had chosen', async () => {
      await serve(sticky(60), a);
      assert.equal(await scene.lab.outsider.tcp(NODE, 30080), `a ${NODE}`);
      const service = (of: string, address: string, nodePort: number) =>
        aService(of, address, { ...sticky(60), ports: [{ name: 'TCP', port: 8000, nodePort }] });
      await scene.change({
        services: [service(id, VIP, 30081), service('default/heir', '10.96.0.11', 30080)],
        endpointSlices: [
          aSlice(id, [anEndpoint(a.ip)], [{ name: 'TCP', port: 80 }]),
          aSlice('default/heir', [anEndpoint(b.ip)], [{ name: 'TCP', port: 80 }]),
        ],
      });
      assert.equal(await scene.lab.outsider.tcp(NODE, 30081), `a ${NODE}`);
      assert.equal(await scene.lab.outsider.tcp(NODE, 30080), `b ${NODE}`);
    });
  });

  describe('UDP flows', () => {
    const from = { fromPort: 40000 };

    test('follow when their endpoint is replaced, with the same source port', async () => {
      await serve({}, a);
      assert.equal(await client.udp(VIP, 8000, from), 'a 10.244.1.2');
      const { forgotten } = await serve({}, b);
      assert.ok((await forgotten).flows > 0);
      assert.equal(await client.udp(VIP, 8000, from), 'b 10.244.1.2');
    });

    test('stay with an endpoint that leaves but still serves', async () => {
      await serve({}, a);
      assert.equal(await client.udp(VIP, 8000, from), 'a 10.244.1.2');
      await serve({}, anEndpoint(a.ip, { ready: false, serving: true, terminating: true }), b);
      assert.equal(await client.udp(VIP, 8000, from), 'a 10.244.1.2');
      await serve({}, b);
      assert.equal(await client.udp(VIP, 8000, from), 'b 10.244.1.2');
    });

    test('that began before the Service are translated once it is there', async () => {
      await scene.change({ services: [], endpointSlices: [] });
      await client.udp(VIP, 8000, { fromPort: 40001, ...briefly });
      await serve({}, a);
      assert.equal(await client.udp(VIP, 8000, { fromPort: 40001 }), 'a 10.244.1.2');
    });

    test('to endpoints that went while no agent ran are forgotten at its start', async () => {
      await serve({}, a);
      assert.equal(await client.udp(VIP, 8000, { fromPort: 40002 }), 'a 10.244.1.2');
      scene.snapshot = {
        ...scene.snapshot,
        endpointSlices: [aSlice(id, [anEndpoint(b.ip)], [{ name: 'UDP', protocol: 'UDP', port: 80 }])],
      };
      const report = await createNft({ run: scene.lab.run }).apply(model(scene.snapshot));
      assert.ok((await report.forgotten).flows > 0);
      assert.equal(await client.udp(VIP, 8000, { fromPort: 40002 }), 'b 10.244.1.2');
    });
  });
});

/** The outsider sends this address to node1. */
async function mustRoute({ lab }: Scene, address: string): Promise<void> {
  const { exitCode, stderr } = await lab.run([
    'ip',
    '-n',
    'outsider',
    'route',
    'replace',
    `${address}/32`,
    'via',
    NODE,
  ]);
  assert.equal(exitCode, 0, stderr);
}
