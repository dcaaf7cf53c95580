import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anAttachment, anEndpoint, aPod, aPolicy, aService, aSlice, aSnapshot } from '../../model/fixtures.ts';
import { model } from '../../model/index.ts';
import { isWhole } from './compare.ts';
import { createNft, readTransactions, type Transaction } from './index.ts';
import { createLab } from './lab/index.ts';
import { tableOf } from './state.ts';

/** What the reader makes of these lines. */
function read(text: string): Transaction[] {
  const reader = readTransactions('netvet 1234');
  return text.split('\n').flatMap((line) => reader(line.trim()) ?? []);
}

test('a transaction is own, of others, or does something to our tables', () => {
  const transactions = read(`
    add rule ip netvet-agent last-change return comment "netvet 1234"
    delete element ip netvet-policy pods-in { 10.244.1.2 : jump a }
    # new generation 2 by process 9 (nft)
    add rule ip filter FORWARD ip saddr 10.0.0.1 drop comment "ip netvet-policy"
    # new generation 3 by process 10 (iptables)
    add table ip filter
    delete table ip netvet-policy
    W: Received event for an unknown set.
    # new generation 4 by process 11 (firewalld)
    W: Received event for an unknown set.
    # new generation 5 by process 12 (python3 (x))
    add rule ip netvet-agent last-change return comment "netvet 1234"
    # ERROR: We lost some netlink events!
    # new generation 9 by process 13 (nft)`);
  assert.deepEqual(transactions, [
    { isOwn: true, touches: 'ours', by: 'process 9 (nft)' },
    { isOwn: false, touches: 'others', by: 'process 10 (iptables)' },
    { isOwn: false, touches: 'ours', by: 'process 11 (firewalld)' },
    { isOwn: false, touches: 'unclear', by: 'process 12 (python3 (x))' },
    { isOwn: false, touches: 'unclear', by: 'a program that nobody saw' },
    { isOwn: false, touches: 'unclear', by: 'process 13 (nft)' },
  ]);
});

test('a mark that another agent left is not ours', () => {
  const [transaction] = read(`
    add rule ip netvet-agent last-change return comment "netvet 5678"
    # new generation 2 by process 9 (nft)`);
  assert.deepEqual(transaction, { isOwn: false, touches: 'ours', by: 'process 9 (nft)' });
});

test('a table is whole, or it has not as many rules or elements as belong in it', () => {
  const table = tableOf(
    't',
    { s: { kind: 'set', definition: 'type ipv4_addr;', elements: new Set(['10.0.0.1', '10.0.0.2']) } },
    {
      c: { hook: 'type filter hook forward priority 0;', rules: ['ip saddr @s drop'], about: 'x, y' },
      e: { rules: [] },
    },
  );
  const listing = (elements: string, rule: string) =>
    `table ip t {\n\tset s {\n\t\ttype ipv4_addr\n${elements}\t}\n\n\tchain c {\n\t\tcomment "x, y"\n` +
    `\t\ttype filter hook forward priority filter; policy accept;\n${rule}\t}\n\n\tchain e {\n\t}\n}\n`;
  const both = '\t\telements = { 10.0.0.1,\n\t\t\t     10.0.0.2 }\n';
  const rule = '\t\tip saddr @s drop\n';
  assert.equal(isWhole(listing(both, rule), table), true);
  assert.equal(isWhole(listing('', rule), table), false);
  assert.equal(isWhole(listing('\t\telements = { 10.0.0.1 }\n', rule), table), false);
  assert.equal(isWhole(listing(both, ''), table), false);
  assert.equal(isWhole(listing(both, `${rule}\t\taccept\n`), table), false);
  assert.equal(isWhole('', table), false);
});

test('what the kernel lists of our tables is whole, and not when something is taken out', async () => {
  await using lab = await createLab();
  const nft = createNft({ run: lab.run });
  const desired = model(
    aSnapshot({
      services: [aService('default/web', '10.96.0.1', { sessionAffinity: 'ClientIP' })],
      endpointSlices: [aSlice('default/web', [anEndpoint('10.244.1.1'), anEndpoint('10.244.1.2')])],
      pods: [aPod('default/web')],
      attachments: [anAttachment('default/web', '10.244.1.1')],
      networkPolicies: [
        aPolicy('default/p', {
          podSelector: {},
          policyTypes: ['Ingress'],
          ingress: [
            { from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '10.2.0.0/16'] } }] },
            {
              from: [{ ipBlock: { cidr: '192.168.0.0/25' } }, { ipBlock: { cidr: '192.168.0.128/25' } }],
              ports: [{ port: 80 }, { port: 53, protocol: 'UDP' }],
            },
          ],
        }),
      ],
    }),
  );
  await nft.apply(desired);
  assert.equal(await nft.verify(true), true);
  for (const damage of ['flush map ip netvet-services svc-targets', 'flush chain ip netvet-policy forward']) {
    assert.equal((await lab.run(['nft', damage])).exitCode, 0);
    assert.deepEqual([await nft.verify(), await nft.verify(true)], [true, false]);
    const report = await nft.apply({ ...desired, anew: { tables: true, links: false } });
    assert.deepEqual([report.outcome, report.problems, await nft.verify(true)], ['rebuilt', [], true]);
  }
});
