import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aNode, aSnapshot } from './fixtures.ts';
import { masquerade } from './masquerade.ts';

test('Pods of this node are masqueraded but towards Pods and nodes', () => {
  assert.deepEqual(masquerade(aSnapshot()), {
    sources: ['10.244.1.0-10.244.1.255'],
    except: ['10.244.0.0-10.244.255.255', '192.168.0.1-192.168.0.2'],
  });
});

test('without a cluster range the nodes’ own ranges are the Pods’', () => {
  const { except } = masquerade(aSnapshot({ clusterCIDRs: [] }));
  assert.deepEqual(except, ['10.244.1.0-10.244.2.255', '192.168.0.1-192.168.0.2']);
});

test('nothing is masqueraded while the node has no Pod range', () => {
  const node = aNode('node1', '192.168.0.1', '10.244.1.0/24');
  assert.deepEqual(masquerade(aSnapshot({ nodes: [{ ...node, spec: {} }] })).sources, []);
});
