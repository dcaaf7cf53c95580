/**
 * Prints how long things take with 10,000 Services of two endpoints and 10,000 Pods. It judges nothing but that nft
 * takes it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anAttachment, anEndpoint, aPod, aPolicy, aService, aSlice, aSnapshot } from '../../model/fixtures.ts';
import { model, type Snapshot } from '../../model/index.ts';
import { createNft } from './index.ts';
import { createLab } from './lab/index.ts';

const COUNT = 10_000;
const address = (i: number) => `10.${100 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`;
const numbers = Array.from({ length: COUNT }, (_, i) => i);
const service = (i: number) => `ns${i % 100}/s${i}`;
const endpoints = (i: number, first: number) =>
  aSlice(service(i), [anEndpoint(address(first)), anEndpoint(address(first + 1))]);

const large = (): Snapshot =>
  aSnapshot({
    services: numbers.map((i) => aService(service(i), `10.96.${i >> 8}.${i & 255}`)),
    endpointSlices: numbers.map((i) => endpoints(i, 2 * i)),
    pods: [
      ...numbers.map((i) =>
        aPod(`ns${i % 100}/p${i}`, { labels: { app: `a${i % 500}` }, ip: address(i), node: 'node2' }),
      ),
      ...numbers.slice(0, 100).map((i) => aPod(`ns${i}/local${i}`, { labels: { app: `a${i}` } })),
    ],
    attachments: numbers.slice(0, 100).map((i) => anAttachment(`ns${i}/local${i}`, `10.244.1.${i + 1}`)),
    networkPolicies: numbers.slice(0, 300).map((i) =>
      aPolicy(`ns${i % 100}/policy${i}`, {
        podSelector: {},
        policyTypes: ['Ingress'],
        ingress: [
          { from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: `a${i}` } } }], ports: [{ port: 80 }] },
        ],
      }),
    ),
  });

test('10,000 Services, 10,000 Pods, 300 policies', { timeout: 120_000 }, async (t) => {
  await using lab = await createLab();
  const nft = createNft({ run: lab.run });
  const step = async (what: string, snapshot: Snapshot) => {
    const start = performance.now();
    const desired = model(snapshot);
    const modelMs = performance.now() - start;
    const report = await nft.apply(desired);
    assert.deepEqual(report.problems, []);
    const times = [modelMs, performance.now() - start - modelMs].map((ms) => ms.toFixed(0).padStart(5));
    t.diagnostic(`${what.padEnd(28)} model ${times[0]} ms, applied in ${times[1]} ms, ${report.operations} operations`);
    return snapshot;
  };
  let now = await step('first load', large());
  for (let i = 0; i < 3; i += 1) {
    now = await step('an endpoint replaced', {
      ...now,
      endpointSlices: now.endpointSlices.with(i, endpoints(i, 2 * i + 1)),
    });
  }
  for (let i = 0; i < 3; i += 1) {
    const id = `ns1/new${i}`;
    now = await step('a Pod added', {
      ...now,
      pods: [...now.pods, aPod(id, { labels: { app: 'a1' } })],
      attachments: [...now.attachments, anAttachment(id, `10.244.1.${200 + i}`)],
    });
  }
  now = await step('a Service added', { ...now, services: [...now.services, aService('ns1/last', '10.97.0.1')] });
  await step('a Pod relabelled elsewhere', {
    ...now,
    pods: now.pods.with(5, aPod('ns5/p5', { labels: { app: 'a7' }, ip: address(5), node: 'node2' })),
  });
});
