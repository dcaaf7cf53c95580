import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Run } from '../reference/dataplane/run.ts';
import { forwarding } from './doctor.ts';

const chain = { family: 'ip', table: 'filter', name: 'FORWARD', handle: 1, type: 'filter', hook: 'forward', prio: 0 };

/** nft on a machine whose FORWARD chain has this policy. */
const nftWith =
  (policy: string): Run =>
  async (argv) => {
    const listed = argv.includes('chains') ? [{ chain: { ...chain, policy } }] : [];
    return { stdout: JSON.stringify({ nftables: listed }), stderr: '', exitCode: 0 };
  };

test('doctor names the table that keeps Pods of this machine from each other, and what to do', async () => {
  const { level, found, remedy } = await forwarding(nftWith('drop'));
  assert.equal(level, 'limited');
  assert.match(found, /table ip filter, chain FORWARD, .* drops what is forwarded .* have that program accept/);
  assert.match(String(remedy), /where this machine is a node/);
  assert.equal((await forwarding(nftWith('accept'))).level, 'good');
});

test('who may not look is told so, and nothing is missing', async () => {
  const refused: Run = async () => ({ stdout: '', stderr: 'Operation not permitted (you must be root)', exitCode: 1 });
  const { level, found } = await forwarding(refused);
  assert.equal(level, 'good');
  assert.match(found, /not looked at: only root/);
});
