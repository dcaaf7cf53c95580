import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aPolicy } from '../fixtures.ts';
import { compilePolicy } from './compile.ts';
import { throughTunnel } from './tunnel.ts';

const peers = [
  { address: '10.244.2.0', mac: '', node: '192.168.0.2' },
  { address: '10.244.3.0', mac: '', node: '192.168.0.3' },
];

/** The ranges of a policy's one ingress rule, as the peers' packets come. */
function ranges(cidr: string, except: string[] = []): string[] {
  const spec = { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr, except } }] }] };
  const [rule] = throughTunnel(peers)(compilePolicy(aPolicy('shop/p', spec))).rules.ingress ?? [];
  return rule?.peers?.cidrs.flatMap((peer) => peer.ranges) ?? [];
}

test('a block that names a node names its end of the tunnel, and one that does not, does not', () => {
  assert.deepEqual(ranges('192.168.0.2/32'), ['10.244.2.0', '192.168.0.2']);
  assert.deepEqual(ranges('192.168.0.0/24', ['192.168.0.3/32']), [
    '10.244.2.0',
    '192.168.0.0-192.168.0.2',
    '192.168.0.4-192.168.0.255',
  ]);
  assert.deepEqual(ranges('10.244.2.0/24'), ['10.244.2.1-10.244.2.255']);
  assert.deepEqual(ranges('10.244.2.0/32'), []);
});

test('what is the same for both stays as it is, and so does its name', () => {
  assert.deepEqual(ranges('0.0.0.0/0'), ['0.0.0.0-255.255.255.255']);
  const policy = compilePolicy(
    aPolicy('shop/p', { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '203.0.113.0/24' } }] }] }),
  );
  assert.deepEqual(throughTunnel(peers)(policy), policy);
  assert.equal(throughTunnel([])(policy), policy);
});
