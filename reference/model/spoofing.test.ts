import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from './cidr.ts';
import { aNode, aSnapshot } from './fixtures.ts';
import { model } from './index.ts';

const at = (text: string) => parseAddress(text) ?? 0;
const underlay = (mode: 'auto' | 'vxlan') => ({
  mode,
  links: [{ name: 'eth0', mtu: 1500, addresses: [{ address: '192.168.0.1', prefixLength: 24 }] }],
});

test('through the tunnel a peer sends from its Pods and its own addresses', () => {
  const [own, peer] = aSnapshot().nodes as [ReturnType<typeof aNode>, ReturnType<typeof aNode>];
  const addresses = [...(peer.status?.addresses ?? []), { type: 'ExternalIP', address: '203.0.113.2' }];
  const nodes = [own, { ...peer, status: { addresses } }];
  const { tunnel } = model(aSnapshot({ nodes, underlay: underlay('vxlan') })).spoofing;
  assert.deepEqual(tunnel, {
    port: 8472,
    id: 7878,
    senders: [
      {
        node: '192.168.0.2',
        sources: [
          [at('10.244.2.0'), at('10.244.2.255')],
          [at('192.168.0.2'), at('192.168.0.2')],
          [at('203.0.113.2'), at('203.0.113.2')],
        ],
      },
    ],
  });
});

test('without a tunnel nobody sends through one', () => {
  assert.equal(model(aSnapshot({ underlay: underlay('auto') })).spoofing.tunnel, undefined);
  assert.equal(model(aSnapshot()).spoofing.tunnel, undefined);
});
