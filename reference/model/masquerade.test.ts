import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aNode, aSnapshot, underlay } from './fixtures.ts';
import { masquerade } from './masquerade.ts';

test('Pods of this node are masqueraded but towards Pods and the nodes that links reach', () => {
  assert.deepEqual(masquerade(aSnapshot({ underlay })), {
    sources: ['10.244.1.0-10.244.1.255'],
    except: ['10.244.0.0-10.244.255.255', '192.168.0.1-192.168.0.2'],
  });
});

test('without a cluster range the nodes’ own ranges are the Pods’', () => {
  const { except } = masquerade(aSnapshot({ underlay, clusterCIDRs: [] }));
  assert.deepEqual(except, ['10.244.1.0-10.244.2.255', '192.168.0.1-192.168.0.2']);
});

test('nodes behind the tunnel see the address of the Pod’s node, and ExternalIPs too', () => {
  const podsOnly = ['10.244.0.0-10.244.255.255'];
  assert.deepEqual(masquerade(aSnapshot({ underlay: { ...underlay, mode: 'vxlan' } })).except, podsOnly);
  const far = aNode('far', '192.168.7.1', '10.244.3.0/24');
  const second = { type: 'ExternalIP', address: '203.0.113.9' };
  const near = aNode('node2', '192.168.0.2', '10.244.2.0/24');
  near.status?.addresses?.push(second);
  assert.deepEqual(masquerade(aSnapshot({ underlay, nodes: [near, far] })).except, [...podsOnly, '192.168.0.2']);
});

test('nothing is masqueraded while the node has no Pod range', () => {
  const node = aNode('node1', '192.168.0.1', '10.244.1.0/24');
  assert.deepEqual(masquerade(aSnapshot({ nodes: [{ ...node, spec: {} }] })).sources, []);
});
