import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const unshare = ['--user', '--map-root-user', '--net', '--mount', '--pid', '--fork', '--kill-child'];
const possible = spawnSync('unshare', [...unshare, 'sh', '-c', 'ip link show && nft list ruleset']).status === 0;

test('verdicts on real packets', { skip: !possible && 'needs user namespaces, ip and nft' }, () => {
  const lab = join(import.meta.dirname, 'testing', 'lab.ts');
  const seen: unknown = JSON.parse(execFileSync('unshare', [...unshare, process.execPath, lab], { encoding: 'utf8' }));
  assert.deepEqual(seen, {
    'nothing in the way': ['allowed', 'allowed'],
    'dropped on the way in': ['dropped', 'dropped'],
    'rejected on the way in': ['rejected', 'rejected'],
    'prohibited on the way in': ['rejected', 'rejected'],
    // the server never gets as far as reading a TCP client's nonce, and it does read a datagram's
    'the answer dropped': ['dropped', 'leaked'],
    'open again': ['allowed', 'allowed'],
    'nobody listens': ['unserved', 'unserved'],
    'nobody listens, and dropped': ['unserved', 'unserved'],
    hello: { addresses: ['10.9.0.1'], mtu: 1500 },
    // a flow that was let through is let through again, whatever policy has come: no two probes may be one
    'flows of 1500 datagrams': 1500,
    transfer: { intact: true, outcome: 'connected' },
    'a datagram that the path cannot take': 'timeout',
  });
});
