import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aNode, anAttachment, anEndpoint, aService, aSlice, aSnapshot } from '../fixtures.ts';
import type { EndpointSliceObject, ServiceObject } from '../objects.ts';
import type { Snapshot } from '../types.ts';
import { services } from './index.ts';
import type { Balancer, ServiceEntry } from './types.ts';

const id = 'default/web';
const here = { node: 'node1' };
const there = { node: 'node2' };

function entryOf(
  service: ServiceObject,
  slices: EndpointSliceObject[] = [],
  more: Partial<Snapshot> = {},
): ServiceEntry {
  const { entries } = services(aSnapshot({ services: [service], endpointSlices: slices, ...more }));
  const [entry] = entries.values();
  assert.ok(entry);
  return entry;
}

/** `address:port` of the endpoints of the balancer that serves the first frontend of an address, or the node port. */
function balancerAt({ frontends, nodePorts, balancers }: ServiceEntry, address: string): Balancer {
  const frontend = [...frontends, ...nodePorts].find((candidate) => candidate.address === address);
  const found = balancers.find(({ key }) => key === frontend?.balancer);
  assert.ok(found, `no balancer at '${address}'`);
  return found;
}
const addresses = ({ endpoints }: Pick<Balancer, 'endpoints'>) =>
  endpoints.map(({ address, port }) => `${address}:${port}`);
const nodePort = { port: 80, nodePort: 30080 };

test('a ClusterIP leads to the ready endpoints, on the port of the slice, and nothing is masqueraded', () => {
  const slice = aSlice(id, [
    anEndpoint('10.244.1.1', here),
    anEndpoint('10.244.2.1'),
    anEndpoint('10.244.2.2', { ready: false }),
  ]);
  const entry = entryOf(aService(id, '10.96.0.1'), [slice]);
  assert.deepEqual(entry.frontends, [
    { address: '10.96.0.1', protocol: 'TCP', port: 80, balancer: 'default/web:/TCP internal' },
  ]);
  const balancer = balancerAt(entry, '10.96.0.1');
  assert.deepEqual(addresses(balancer), ['10.244.1.1:8080', '10.244.2.1:8080']);
  assert.deepEqual([balancer.masquerade, balancer.whenEmpty, balancer.affinity], [false, 'reject', undefined]);
});

test('ports are found by name and protocol; one port number may serve TCP, UDP and SCTP', () => {
  const ports = (['TCP', 'UDP', 'SCTP'] as const).map((protocol) => ({
    name: `dns-${protocol.toLowerCase()}`,
    port: 53,
    protocol,
  }));
  const service = aService(id, '10.96.0.1', { ports });
  const slices = [
    aSlice(
      id,
      [anEndpoint('10.244.1.1')],
      [
        { name: 'dns-tcp', port: 1053 },
        { name: 'dns-udp', port: 2053, protocol: 'UDP' },
        { name: 'dns-sctp', port: 3053, protocol: 'UDP' },
      ],
    ),
  ];
  const { balancers, frontends } = entryOf(service, slices);
  assert.deepEqual(balancers.map(addresses), [['10.244.1.1:1053'], ['10.244.1.1:2053'], []]);
  assert.equal(frontends.length, 3);
  assert.deepEqual(
    balancers.map(({ forgetFlows }) => forgetFlows),
    [false, true, false],
  );
});

test('endpoints of several slices are one list; a doubled one is ready if any slice says so', () => {
  const slices = [
    aSlice(id, [anEndpoint('10.244.1.1', { ready: false }), anEndpoint('10.244.1.2')]),
    aSlice(id, [anEndpoint('10.244.1.1'), anEndpoint('10.244.1.2', { ready: false })]),
  ];
  assert.deepEqual(addresses(balancerAt(entryOf(aService(id, '10.96.0.1'), slices), '10.96.0.1')), [
    '10.244.1.1:8080',
    '10.244.1.2:8080',
  ]);
});

test('slices of another Service, another namespace or another family do not count; empty lists do no harm', () => {
  const slices: EndpointSliceObject[] = [
    aSlice('default/other', [anEndpoint('10.244.1.1')]),
    aSlice('other/web', [anEndpoint('10.244.1.2')]),
    { ...aSlice(id, [anEndpoint('fd00::1')]), addressType: 'IPv6' },
    { ...aSlice(id, []), endpoints: null, ports: null },
    { ...aSlice(id, [anEndpoint('10.244.1.3')]), ports: [{ name: '', protocol: 'TCP', port: null }] },
  ];
  assert.deepEqual(addresses(balancerAt(entryOf(aService(id, '10.96.0.1'), slices), '10.96.0.1')), []);
});

test('conditions that are unknown: ready, serving as ready, not terminating', () => {
  const unknown = { addresses: ['10.244.1.1'], conditions: { ready: null, serving: null, terminating: null } };
  const bare = { addresses: ['10.244.1.2'] };
  const entry = entryOf(aService(id, '10.96.0.1'), [aSlice(id, [unknown, bare])]);
  assert.equal(balancerAt(entry, '10.96.0.1').endpoints.length, 2);
});

test('terminating endpoints that serve are used when no other is ready, and only drain otherwise', () => {
  const leaving = anEndpoint('10.244.1.1', { ready: false, serving: true, terminating: true });
  const dead = anEndpoint('10.244.1.2', { ready: false, serving: false, terminating: true });
  const starting = anEndpoint('10.244.1.3', { ready: false, serving: false });
  const service = aService(id, '10.96.0.1');
  const alone = balancerAt(entryOf(service, [aSlice(id, [leaving, dead, starting])]), '10.96.0.1');
  assert.deepEqual([addresses(alone), alone.draining], [['10.244.1.1:8080'], []]);
  const replaced = balancerAt(entryOf(service, [aSlice(id, [leaving, dead, anEndpoint('10.244.1.4')])]), '10.96.0.1');
  assert.deepEqual(
    [addresses(replaced), addresses({ endpoints: replaced.draining })],
    [['10.244.1.4:8080'], ['10.244.1.1:8080']],
  );
});

test('a node port and external addresses are masqueraded under policy Cluster', () => {
  const service = aService(id, '10.96.0.1', {
    type: 'NodePort',
    ports: [nodePort],
    externalIPs: ['203.0.113.5', 'fd00::5'],
  });
  const entry = entryOf(service, [aSlice(id, [anEndpoint('10.244.2.1', there)])]);
  assert.deepEqual(
    entry.frontends.map(({ address }) => address),
    ['10.96.0.1', '203.0.113.5'],
  );
  assert.deepEqual(
    entry.nodePorts.map(({ port }) => port),
    [30080],
  );
  for (const at of ['', '203.0.113.5'])
    assert.deepEqual([balancerAt(entry, at).masquerade, addresses(balancerAt(entry, at))], [true, ['10.244.2.1:8080']]);
  assert.equal(balancerAt(entry, '10.96.0.1').masquerade, false);
});

const inside = 'Pods and the node itself get any endpoint';
test(`externalTrafficPolicy Local: local endpoints and the client’s address; ${inside}`, () => {
  const service = aService(id, '10.96.0.1', { type: 'NodePort', ports: [nodePort], externalTrafficPolicy: 'Local' });
  const entry = entryOf(service, [aSlice(id, [anEndpoint('10.244.1.1', here), anEndpoint('10.244.2.1', there)])]);
  const outside = balancerAt(entry, '');
  assert.deepEqual([addresses(outside), outside.masquerade, outside.whenEmpty], [['10.244.1.1:8080'], false, 'drop']);
  const [shortcut] = entry.shortcuts;
  assert.equal(shortcut?.balancer, outside.key);
  const byKey = (key: string | undefined) => entry.balancers.find((balancer) => balancer.key === key) as Balancer;
  assert.deepEqual([byKey(shortcut?.pods).masquerade, byKey(shortcut?.pods).endpoints.length], [false, 2]);
  assert.deepEqual([byKey(shortcut?.node).masquerade, byKey(shortcut?.node).endpoints.length], [true, 2]);
});

const both = 'both policies Local leave Pods a way to every endpoint from outside';
test(`internalTrafficPolicy Local keeps to this node; ${both}`, () => {
  const service = aService(id, '10.96.0.1', {
    type: 'NodePort',
    ports: [nodePort],
    internalTrafficPolicy: 'Local',
    externalTrafficPolicy: 'Local',
  });
  const slices = [aSlice(id, [anEndpoint('10.244.1.1', here), anEndpoint('10.244.2.1', there)])];
  const entry = entryOf(service, slices);
  assert.deepEqual(addresses(balancerAt(entry, '10.96.0.1')), ['10.244.1.1:8080']);
  const pods = entry.balancers.find(({ key }) => key === entry.shortcuts[0]?.pods);
  assert.deepEqual([pods && addresses(pods), pods?.masquerade], [['10.244.1.1:8080', '10.244.2.1:8080'], false]);
});

test('policy Local without a local endpoint drops while there are others, and rejects when there are none', () => {
  const service = aService(id, '10.96.0.1', {
    type: 'NodePort',
    ports: [nodePort],
    internalTrafficPolicy: 'Local',
    externalTrafficPolicy: 'Local',
  });
  const elsewhere = entryOf(service, [aSlice(id, [anEndpoint('10.244.2.1', there)])]);
  const nowhere = entryOf(service, []);
  for (const at of ['10.96.0.1', '']) {
    assert.deepEqual([addresses(balancerAt(elsewhere, at)), balancerAt(elsewhere, at).whenEmpty], [[], 'drop']);
    assert.equal(balancerAt(nowhere, at).whenEmpty, 'reject');
  }
});

test('policy Local falls back to local terminating endpoints that serve', () => {
  const service = aService(id, '10.96.0.1', { internalTrafficPolicy: 'Local' });
  const slice = aSlice(id, [
    anEndpoint('10.244.1.1', { ...here, ready: false, serving: true, terminating: true }),
    anEndpoint('10.244.2.1', there),
  ]);
  assert.deepEqual(addresses(balancerAt(entryOf(service, [slice]), '10.96.0.1')), ['10.244.1.1:8080']);
});

test('a load balancer’s addresses are served if packets arrive unchanged and nothing else filters them', () => {
  const balanced = (ingress: object[], spec: object = {}) => ({
    ...aService(id, '10.96.0.1', { type: 'LoadBalancer', ports: [nodePort], ...spec }),
    status: { loadBalancer: { ingress } },
  });
  const ips = (service: ServiceObject) => entryOf(service).frontends.map(({ address }) => address);
  assert.deepEqual(ips(balanced([{ ip: '203.0.113.9' }, { ip: '203.0.113.8', ipMode: 'Proxy' }, { hostname: 'lb' }])), [
    '10.96.0.1',
    '203.0.113.9',
  ]);
  assert.deepEqual(ips(balanced([{ ip: '203.0.113.9' }], { loadBalancerSourceRanges: ['198.51.100.0/24'] })), [
    '10.96.0.1',
  ]);
});

test('the health check of a load balancer counts this node’s ready endpoints', () => {
  const spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 32000, ports: [nodePort] };
  const slices = [
    aSlice(id, [
      anEndpoint('10.244.1.1', here),
      anEndpoint('10.244.1.2', { ...here, ready: false }),
      anEndpoint('10.244.2.1', there),
    ]),
    aSlice(id, [anEndpoint('10.244.1.1', here)], [{ name: 'other', port: 9 }]),
  ];
  assert.deepEqual(entryOf(aService(id, '10.96.0.1', spec), slices).healthCheck, { port: 32000, localEndpoints: 1 });
  assert.equal(
    entryOf(aService(id, '10.96.0.1', { ...spec, externalTrafficPolicy: 'Cluster' }), slices).healthCheck,
    undefined,
  );
});

test('session affinity by client address, three hours unless it says otherwise', () => {
  const affinity = (spec: object) => balancerAt(entryOf(aService(id, '10.96.0.1', spec)), '10.96.0.1').affinity;
  assert.equal(affinity({ sessionAffinity: 'ClientIP' }), 10_800);
  assert.equal(
    affinity({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 7 } } }),
    7,
  );
  assert.equal(
    affinity({ sessionAffinity: 'None', sessionAffinityConfig: { clientIP: { timeoutSeconds: 7 } } }),
    undefined,
  );
});

test('Services without a virtual IPv4 address and those of other proxies are left alone', () => {
  const labelled = (key: string): ServiceObject => ({
    ...aService(id, '10.96.0.1'),
    metadata: { name: 'web', namespace: 'default', labels: { [key]: '' } },
  });
  const none: ServiceObject[] = [
    aService(id, 'None'),
    aService(id, ''),
    aService(id, 'fd00::1'),
    aService(id, '10.96.0.1', { type: 'ExternalName' }),
    labelled('service.kubernetes.io/headless'),
    labelled('service.kubernetes.io/service-proxy-name'),
  ];
  for (const service of none) assert.equal(services(aSnapshot({ services: [service] })).entries.size, 0);
  assert.equal(entryOf(aService(id, 'fd00::1', { clusterIPs: ['fd00::1', '10.96.0.2'] })).clusterIPs[0], '10.96.0.2');
});

test('an address and port that two Services claim stays with the first', () => {
  const a = aService('default/a', '10.96.0.1', { externalIPs: ['203.0.113.5'] });
  const b = aService('default/b', '10.96.0.2', { externalIPs: ['203.0.113.5'] });
  const { entries } = services(aSnapshot({ services: [a, b] }));
  assert.deepEqual([entries.get('default/a')?.frontends.length, entries.get('default/b')?.frontends.length], [2, 1]);
});

test('a ClusterIP stays its Service’s on all ports, whoever names it as an external address, and whenever', () => {
  const owner = aService('shop/dns', '10.96.0.10', { ports: [{ port: 53, protocol: 'UDP' }] });
  const ports = [{ port: 53, protocol: 'UDP' as const }, { port: 80 }];
  const thief = aService('office/thief', '10.96.0.66', { externalIPs: ['10.96.0.10', '203.0.113.5'], ports });
  const others = Array.from({ length: 8 }, (_, i) => aService(`default/s${i}`, `10.96.1.${i}`));
  const orders = { first: [[thief], [owner]], second: [[owner], [thief]], both: [[], [thief, owner]] };
  for (const [order, [before = [], later = []]] of Object.entries(orders)) {
    services(aSnapshot({ node: order, services: [...others, ...before] }));
    const { entries } = services(aSnapshot({ node: order, services: [...others, ...before, ...later] }));
    const { frontends = [], refused = [] } = entries.get('office/thief') ?? {};
    assert.deepEqual(new Set(frontends.map(({ address }) => address)), new Set(['10.96.0.66', '203.0.113.5']), order);
    assert.deepEqual(new Set(refused.map(({ address }) => address)), new Set(['10.96.0.10']), order);
    assert.equal(entries.get('shop/dns')?.frontends.length, 1, order);
    const without = services(aSnapshot({ node: order, services: [...others, thief] })).entries.get('office/thief');
    assert.equal(without?.frontends.length, 6, `${order}: once nobody has it, it is as good as any other address`);
  }
});

test('unchanged Services are the very same objects again', () => {
  const all = [aService('default/a', '10.96.0.1'), aService('default/b', '10.96.0.2')];
  const slices = [aSlice('default/a', [anEndpoint('10.244.1.1')])];
  const before = services(aSnapshot({ services: all, endpointSlices: slices })).entries;
  assert.equal(services(aSnapshot({ services: [...all], endpointSlices: [...slices] })).entries, before);
  const after = services(
    aSnapshot({ services: all, endpointSlices: [aSlice('default/a', [anEndpoint('10.244.1.2')])] }),
  ).entries;
  assert.notEqual(after.get('default/a'), before.get('default/a'));
  assert.equal(after.get('default/b'), before.get('default/b'));
});

test('what is the node’s own: its primary address, its Pods, its ranges', () => {
  const node = aNode('node1', '192.168.0.1', '10.244.1.0/24');
  const many = [
    { type: 'Hostname', address: 'node1' },
    { type: 'ExternalIP', address: '1.2.3.4' },
    { type: 'InternalIP', address: 'fd00::1' },
    { type: 'InternalIP', address: '192.168.0.1' },
  ];
  const state = services(
    aSnapshot({
      nodes: [{ ...node, status: { addresses: many } }],
      attachments: [anAttachment('default/web', '10.244.1.5')],
    }),
  );
  assert.deepEqual(state.nodeAddresses, ['192.168.0.1']);
  assert.deepEqual(
    [state.hairpin, state.localPods, state.clusterPods],
    [['10.244.1.5'], ['10.244.1.0-10.244.1.255'], ['10.244.0.0-10.244.255.255']],
  );
});
