import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explain } from './explain.ts';
import { anAttachment, anEndpoint, aPod, aPolicy, aService, aSlice, aSnapshot } from './fixtures.ts';

const snapshot = aSnapshot({
  pods: [
    aPod('default/web', { labels: { app: 'web' } }),
    aPod('default/db', { labels: { app: 'db' }, ip: '10.244.2.5', node: 'node2' }),
    aPod('default/pending', { node: 'node2' }),
  ],
  attachments: [anAttachment('default/web', '10.244.1.5')],
  networkPolicies: [
    aPolicy('default/db', {
      podSelector: { matchLabels: { app: 'db' } },
      policyTypes: ['Ingress'],
      ingress: [
        { ports: [{ port: 9187 }] },
        { from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 5432 }] },
      ],
    }),
    aPolicy('default/deny-all', { podSelector: {}, policyTypes: ['Ingress'] }),
  ],
  services: [aService('default/db', '10.96.0.7', { ports: [{ port: 5433, protocol: 'TCP' }] })],
  endpointSlices: [aSlice('default/db', [anEndpoint('10.244.2.5', { node: 'node2' })], [{ port: 5432 }])],
});
const ask = (source: string, destination: string, port: number) =>
  explain(snapshot, { source, destination, protocol: 'TCP', port });

test('names the policy and the rule that allow, and both directions', () => {
  assert.deepEqual(ask('default/web', 'default/db', 5432), {
    verdict: 'allowed',
    source: '10.244.1.5',
    destination: '10.244.2.5',
    egress: { verdict: 'allowed', because: 'not isolated', policies: [] },
    ingress: {
      verdict: 'allowed',
      because: 'rule',
      policies: ['default/db', 'default/deny-all'],
      policy: 'default/db',
      rule: 1,
    },
  });
});

test('names the policies that isolate when none allows', () => {
  const answer = ask('default/web', '10.244.2.5', 80);
  assert.ok('ingress' in answer);
  assert.deepEqual(answer.ingress, {
    verdict: 'denied',
    because: 'no rule',
    policies: ['default/db', 'default/deny-all'],
  });
});

test('a Service’s address is explained endpoint by endpoint, with their port', () => {
  const answer = ask('default/web', '10.96.0.7', 5433);
  assert.ok('service' in answer);
  assert.deepEqual(
    [answer.service, answer.endpoints.map(({ destination, ingress }) => [destination, ingress.rule])],
    ['default/db', [['10.244.2.5', 1]]],
  );
});

test('what is outside the cluster is judged by the other side alone', () => {
  const answer = ask('8.8.8.8', 'default/web', 80);
  assert.ok('egress' in answer);
  assert.deepEqual([answer.egress.because, answer.ingress.because], ['not a Pod', 'no rule']);
});

test('says what it does not know', () => {
  assert.throws(() => ask('default/nobody', 'default/db', 1), /there is no Pod 'default\/nobody'/);
  assert.throws(() => ask('default/pending', 'default/db', 1), /has no address yet/);
  assert.throws(() => ask('web', 'default/db', 1), /neither an IPv4 address nor namespace\/name/);
});
