import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as check, integer, property, tuple } from 'fast-check';
import { fabric, macOf } from './fabric.ts';
import { aNode, anAttachment, aSnapshot } from './fixtures.ts';
import type { Underlay } from './types.ts';

const eth0 = { name: 'eth0', mtu: 1500, addresses: [{ address: '172.18.0.2', prefixLength: 16 }] };
const direct: Underlay = { mode: 'auto', links: [eth0] };
const nodes = [
  aNode('node1', '172.18.0.2', '10.244.0.0/24'),
  aNode('node2', '172.18.0.3', '10.244.1.0/24'),
  aNode('node3', '172.19.0.4', '10.244.2.0/24'),
];
const [own, near, far] = nodes as [(typeof nodes)[0], (typeof nodes)[0], (typeof nodes)[0]];
const snapshot = (seen: typeof nodes, underlay: Underlay) => aSnapshot({ node: 'node1', nodes: seen, underlay });

test('a node in the subnet of a link is reached through its own address', () => {
  assert.deepEqual(fabric(snapshot([own, near], direct)), {
    podMtu: 1500,
    local: ['10.244.0.0/24'],
    pods: [],
    routes: [{ destination: '10.244.1.0/24', via: '172.18.0.3', device: 'eth0', onlink: false }],
  });
});

test('a node in no subnet is reached through the tunnel, and then all Pods have its MTU', () => {
  const state = fabric(snapshot(nodes, direct));
  assert.equal(state.podMtu, 1450);
  assert.deepEqual(state.routes, [
    { destination: '10.244.1.0/24', via: '172.18.0.3', device: 'eth0', onlink: false },
    { destination: '10.244.2.0/24', via: '10.244.2.0', device: 'nvvxlan', onlink: true },
  ]);
  assert.deepEqual(state.tunnel, {
    device: 'nvvxlan',
    id: 7878,
    port: 8472,
    local: '172.18.0.2',
    address: '10.244.0.0',
    mac: '0a:58:0a:f4:00:00',
    mtu: 1450,
    peers: [{ address: '10.244.2.0', mac: '0a:58:0a:f4:02:00', node: '172.19.0.4' }],
  });
});

test('mode vxlan takes the tunnel to every node, and has it before there is any', () => {
  const state = fabric(snapshot(nodes, { ...direct, mode: 'vxlan' }));
  assert.deepEqual(
    state.tunnel?.peers.map(({ node }) => node),
    ['172.18.0.3', '172.19.0.4'],
  );
  assert.ok(state.routes.every(({ device }) => device === 'nvvxlan'));
  const alone = fabric(snapshot([own], { ...direct, mode: 'vxlan' }));
  assert.deepEqual([alone.podMtu, alone.tunnel?.peers], [1450, []]);
});

test('of several links the one with the longest prefix leads to a node', () => {
  const wide = { name: 'wide', mtu: 1500, addresses: [{ address: '172.16.0.9', prefixLength: 12 }] };
  const [route] = fabric(snapshot([own, near], { mode: 'auto', links: [wide, eth0] })).routes;
  assert.equal(route?.device, 'eth0');
  const host = { name: 'host', mtu: 1500, addresses: [{ address: '172.18.0.3', prefixLength: 32 }] };
  assert.equal(fabric(snapshot([own, near], { mode: 'auto', links: [host, eth0] })).routes[0]?.device, 'eth0');
});

test('nodes without a Pod range or an IPv4 address are left out', () => {
  const odd = [
    { metadata: { name: 'a' }, spec: {}, status: { addresses: [{ type: 'InternalIP', address: '172.18.0.9' }] } },
    { metadata: { name: 'b' }, spec: { podCIDR: '10.244.7.0/24' }, status: { addresses: [] } },
    aNode('c', 'fd00::1', '10.244.8.0/24'),
    aNode('d', '172.18.0.8', 'fd00::/64'),
  ];
  assert.deepEqual(fabric(snapshot([own, ...odd], direct)).routes, []);
});

test('a node that does not know itself yet has no tunnel and no range', () => {
  const state = fabric(snapshot([near, far], direct));
  assert.deepEqual([state.local, state.tunnel], [[], undefined]);
});

test('before the links are known nothing is said of other nodes', () => {
  const state = fabric(aSnapshot({ node: 'node1', nodes }));
  assert.deepEqual([state.routes, state.tunnel], [[], undefined]);
});

test('each attachment is a route to its link', () => {
  const attachments = [anAttachment('default/a', '10.244.0.5')];
  const state = fabric(aSnapshot({ node: 'node1', nodes: [own], underlay: direct, attachments }));
  assert.deepEqual(state.pods, [{ address: '10.244.0.5', device: 'nva' }]);
});

test('MACs follow from addresses, and different addresses have different ones', () => {
  const byte = integer({ min: 0, max: 255 });
  check(
    property(tuple(byte, byte, byte, byte), (bytes) => {
      const mac = macOf(bytes.join('.'));
      assert.match(mac, /^0a:58(:[0-9a-f]{2}){4}$/);
      assert.deepEqual(
        mac
          .split(':')
          .slice(2)
          .map((part) => Number.parseInt(part, 16)),
        bytes,
      );
    }),
  );
});
