/**
 * The whole text for one small node, in golden.nft: to be read by people. After a change that is meant, write it anew
 * with `UPDATE_GOLDEN=1 node --test reference/dataplane/nft/golden.test.ts` and look at the difference.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  anAttachment,
  anEndpoint,
  aPod,
  aPolicy,
  aService,
  aSlice,
  aSnapshot,
  underlay,
} from '../../model/fixtures.ts';
import { model } from '../../model/index.ts';
import { createLab } from './lab/index.ts';
import { render } from './render.ts';
import { load } from './script.ts';
import { ServicesRenderer } from './tables/services.ts';

const file = new URL('golden.nft', import.meta.url);

const snapshot = aSnapshot({
  underlay,
  pods: [
    aPod('shop/frontend', { labels: { app: 'frontend' } }),
    aPod('shop/db', { labels: { app: 'db' }, ports: [{ name: 'pg', containerPort: 5432 }] }),
    aPod('shop/frontend-2', { labels: { app: 'frontend' }, ip: '10.244.2.7', node: 'node2' }),
  ],
  attachments: [
    anAttachment('shop/frontend', '10.244.1.2', {
      portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'TCP' }],
    }),
    anAttachment('shop/db', '10.244.1.3'),
  ],
  networkPolicies: [
    aPolicy('shop/db', {
      podSelector: { matchLabels: { app: 'db' } },
      policyTypes: ['Ingress'],
      ingress: [
        { from: [{ podSelector: { matchLabels: { app: 'frontend' } } }], ports: [{ port: 'pg' }] },
        {
          from: [{ ipBlock: { cidr: '192.168.0.0/24', except: ['192.168.0.128/25'] } }],
          ports: [{ port: 9187 }, { protocol: 'UDP', port: 8000, endPort: 8010 }],
        },
      ],
    }),
    aPolicy('shop/deny', {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      egress: [{ ports: [{ protocol: 'UDP', port: 53 }] }],
    }),
  ],
  services: [
    aService('shop/frontend', '10.96.0.10', {
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
      ports: [{ port: 80, nodePort: 30080 }],
    }),
    aService('shop/db', '10.96.0.11', { ports: [{ port: 5432 }] }),
  ],
  endpointSlices: [
    aSlice(
      'shop/frontend',
      [anEndpoint('10.244.1.2', { node: 'node1' }), anEndpoint('10.244.2.7', { node: 'node2' })],
      [{ port: 8080 }],
    ),
  ],
});

const text = (keepLearned: boolean) =>
  render(model(snapshot), new ServicesRenderer())
    .tables.map((table) => [...load(table, { keepLearned })].join(''))
    .join('\n');

test('golden text', () => {
  if (process.env.UPDATE_GOLDEN) writeFileSync(file, text(false));
  assert.equal(text(false), readFileSync(file, 'utf8'));
});

test('nft takes the golden text, and takes it again over itself', async () => {
  await using lab = await createLab();
  for (const keepLearned of [true, false, true]) {
    const { stderr, exitCode } = await lab.run(['nft', '-f', '-'], { stdin: text(keepLearned) });
    assert.equal(exitCode, 0, stderr);
  }
});
