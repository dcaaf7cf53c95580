/** The cases that people get wrong, each with the sentence of the documents that decides it in its name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cluster, explain, judge, type Pod, type PolicySpec, type Protocol } from './index.ts';

// x/a and x/b, y/a and y/b; "web" is 80 everywhere but in y/b
const pods = ['x/a', 'x/b', 'y/a', 'y/b'].map((id, i): Pod => {
  const [namespace = '', name = ''] = id.split('/');
  const port = id === 'y/b' ? 81 : 80;
  return {
    namespace,
    name,
    labels: { pod: name },
    ip: `10.0.0.${i + 1}`,
    namedPorts: [{ name: 'web', protocol: 'TCP', port }],
  };
});
const namespaces = ['x', 'y'].map((name) => ({ name, labels: { ns: name } }));
const podCalled = (id: string) => pods.find(({ namespace, name }) => `${namespace}/${name}` === id) as Pod;

/** Policies of namespace x, p0, p1 and so on. */
const clusterWith = (...specs: PolicySpec[]): Cluster => ({
  namespaces,
  pods,
  policies: specs.map((spec, i) => ({ namespace: 'x', name: `p${i}`, spec })),
});

function ask(cluster: Cluster, text: string) {
  const [, from = '', to = '', port = '80', protocol = 'TCP'] =
    /^(\S+) -> ([^\s:]+)(?::(\d+))?(?:\/(\w+))?$/.exec(text) ?? [];
  const connection = { from: podCalled(from), to: podCalled(to), port: Number(port), protocol: protocol as Protocol };
  return { connection, judgement: judge(cluster, connection) };
}

function expect(specs: PolicySpec[], { allowed = [], denied = [] }: { allowed?: string[]; denied?: string[] }): void {
  const cluster = clusterWith(...specs);
  for (const text of allowed) assert.equal(ask(cluster, text).judgement.allowed, true, `${text} is allowed`);
  for (const text of denied) assert.equal(ask(cluster, text).judgement.allowed, false, `${text} is denied`);
}

const onA = { podSelector: { matchLabels: { pod: 'a' } } };

test('without policies everything is allowed', () => {
  expect([], { allowed: ['x/a -> y/a', 'y/a -> x/a:9/UDP', 'x/a -> x/a'] });
});

test('an empty podSelector, or none, selects every Pod of the namespace and none of another', () => {
  for (const spec of [{ podSelector: {} }, {}, { podSelector: { matchLabels: {}, matchExpressions: [] } }])
    expect([spec], { denied: ['y/a -> x/a', 'x/a -> x/b'], allowed: ['x/a -> y/a', 'y/a -> y/b'] });
});

test('no policyTypes: Ingress always, Egress with any egress rule', () => {
  const out = { allowed: ['x/a -> y/a'], denied: ['y/a -> x/a'] };
  expect([onA], out);
  expect([{ ...onA, egress: [] }], out);
  expect([{ ...onA, policyTypes: [] }], out);
  expect([{ ...onA, egress: [{ ports: [{ port: 53 }] }] }], {
    denied: ['x/a -> y/a', 'y/a -> x/a'],
    allowed: ['x/a -> y/a:53'],
  });
});

test('policyTypes Egress alone leaves ingress open, whatever ingress rules say', () => {
  expect([{ ...onA, policyTypes: ['Egress'] }], { denied: ['x/a -> y/a'], allowed: ['y/a -> x/a'] });
  expect([{ ...onA, policyTypes: ['Egress'], ingress: [] }], { allowed: ['y/a -> x/a'] });
  expect([{ ...onA, policyTypes: ['Ingress'], egress: [] }], { allowed: ['x/a -> y/a'], denied: ['y/a -> x/a'] });
});

test('a rule without peers is for all, one with an empty list as well, no rule for none', () => {
  expect([{ ...onA, ingress: [{}] }], { allowed: ['y/a -> x/a', 'x/b -> x/a:1/UDP'] });
  expect([{ ...onA, ingress: [{ from: [], ports: [] }] }], { allowed: ['y/a -> x/a'] });
  expect([{ ...onA, ingress: [] }], { denied: ['y/a -> x/a', 'x/b -> x/a'] });
});

test('a podSelector alone is about the own namespace, also an empty one', () => {
  expect([{ ...onA, ingress: [{ from: [{ podSelector: { matchLabels: { pod: 'b' } } }] }] }], {
    allowed: ['x/b -> x/a'],
    denied: ['y/b -> x/a'],
  });
  expect([{ ...onA, ingress: [{ from: [{ podSelector: {} }] }] }], { allowed: ['x/b -> x/a'], denied: ['y/b -> x/a'] });
});

test('namespaceSelector and podSelector in one entry go together, in two entries either will do', () => {
  const [namespaceSelector, podSelector] = [{ matchLabels: { ns: 'y' } }, { matchLabels: { pod: 'b' } }];
  expect([{ ...onA, ingress: [{ from: [{ namespaceSelector, podSelector }] }] }], {
    allowed: ['y/b -> x/a'],
    denied: ['y/a -> x/a', 'x/b -> x/a'],
  });
  expect([{ ...onA, ingress: [{ from: [{ namespaceSelector }, { podSelector }] }] }], {
    allowed: ['y/b -> x/a', 'y/a -> x/a', 'x/b -> x/a'],
  });
  expect([{ ...onA, ingress: [{ from: [{ namespaceSelector: {} }] }] }], { allowed: ['y/a -> x/a', 'x/b -> x/a'] });
});

test('expressions: NotIn and DoesNotExist are met by what lacks the key, and all must be met', () => {
  const from = (...matchExpressions: NonNullable<NonNullable<PolicySpec['podSelector']>['matchExpressions']>) => [
    { ...onA, ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchExpressions } }] }] },
  ];
  expect(from({ key: 'pod', operator: 'In', values: ['a', 'c'] }), { allowed: ['y/a -> x/a'], denied: ['y/b -> x/a'] });
  expect(from({ key: 'pod', operator: 'NotIn', values: ['a'] }), { allowed: ['y/b -> x/a'], denied: ['y/a -> x/a'] });
  expect(from({ key: 'other', operator: 'NotIn', values: ['a'] }), { allowed: ['y/a -> x/a'] });
  expect(from({ key: 'pod', operator: 'Exists' }, { key: 'other', operator: 'DoesNotExist' }), {
    allowed: ['y/a -> x/a'],
  });
  expect(from({ key: 'pod', operator: 'Exists' }, { key: 'other', operator: 'Exists' }), { denied: ['y/a -> x/a'] });
  expect(from({ key: 'constructor', operator: 'Exists' }), { denied: ['y/a -> x/a'] });
});

test('ipBlock: addresses of the block without those of except, and another rule may still allow those', () => {
  const block = { ipBlock: { cidr: '10.0.0.0/24', except: ['10.0.0.4/32'] } };
  expect([{ ...onA, ingress: [{ from: [block] }] }], { allowed: ['y/a -> x/a', 'x/b -> x/a'], denied: ['y/b -> x/a'] });
  expect([{ ...onA, ingress: [{ from: [block] }, { from: [{ ipBlock: { cidr: '10.0.0.4/31' } }] }] }], {
    allowed: ['y/b -> x/a'],
  });
  expect([{ ...onA, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.3/32' } }] }] }], {
    allowed: ['y/a -> x/a'],
    denied: ['y/b -> x/a'],
  });
  expect([{ ...onA, ingress: [{ from: [{ ipBlock: { cidr: '::/0' } }] }] }], { denied: ['y/a -> x/a'] });
});

test('ports: TCP unless said otherwise, a protocol alone is all its ports, ranges are inclusive', () => {
  const rule = (port: object) => [{ ...onA, ingress: [{ ports: [port] }] }];
  expect(rule({ port: 80 }), { allowed: ['y/a -> x/a:80'], denied: ['y/a -> x/a:80/UDP', 'y/a -> x/a:81'] });
  expect(rule({ protocol: 'UDP' }), { allowed: ['y/a -> x/a:9/UDP'], denied: ['y/a -> x/a:9'] });
  expect(rule({ port: 80, endPort: 82 }), {
    allowed: ['y/a -> x/a:80', 'y/a -> x/a:82'],
    denied: ['y/a -> x/a:79', 'y/a -> x/a:83', 'y/a -> x/a:81/UDP'],
  });
});

test('a named port is the number that the Pod at the far end gives it, for that protocol', () => {
  expect([{ ...onA, policyTypes: ['Egress'], egress: [{ ports: [{ port: 'web' }] }] }], {
    allowed: ['x/a -> y/a:80', 'x/a -> y/b:81'],
    denied: ['x/a -> y/b:80', 'x/a -> y/a:81'],
  });
  expect([{ ...onA, ingress: [{ ports: [{ port: 'web' }] }] }], {
    allowed: ['y/b -> x/a:80'],
    denied: ['y/b -> x/a:81'],
  });
  expect([{ ...onA, ingress: [{ ports: [{ port: 'web', protocol: 'UDP' }] }] }], {
    denied: ['y/b -> x/a:80/UDP', 'y/b -> x/a:80'],
  });
  expect([{ ...onA, ingress: [{ ports: [{ port: 'unknown' }] }] }], { denied: ['y/b -> x/a:80'] });
});

test('peers and ports of one rule go together', () => {
  const from = (pod: string) => [{ namespaceSelector: {}, podSelector: { matchLabels: { pod } } }];
  expect(
    [
      {
        ...onA,
        ingress: [
          { from: from('a'), ports: [{ port: 80 }] },
          { from: from('b'), ports: [{ port: 81 }] },
        ],
      },
    ],
    {
      allowed: ['y/a -> x/a:80', 'y/b -> x/a:81'],
      denied: ['y/a -> x/a:81', 'y/b -> x/a:80'],
    },
  );
});

test('policies add up, in any order', () => {
  const deny = { podSelector: {} };
  const allow = { ...onA, ingress: [{ from: [{ podSelector: {} }] }] };
  for (const specs of [
    [deny, allow],
    [allow, deny],
  ])
    expect(specs, { allowed: ['x/b -> x/a'], denied: ['y/b -> x/a', 'x/a -> x/b'] });
});

test('both ends must agree', () => {
  const out = { ...onA, policyTypes: ['Egress' as const], egress: [{ to: [{ podSelector: {} }] }] };
  const into = (pod: string): PolicySpec => ({
    podSelector: { matchLabels: { pod: 'b' } },
    ingress: [{ from: [{ podSelector: { matchLabels: { pod } } }] }],
  });
  expect([out, into('a')], { allowed: ['x/a -> x/b'] });
  expect([out, into('c')], { denied: ['x/a -> x/b'] });
  expect([{ ...out, egress: [] }, into('a')], { denied: ['x/a -> x/b'] });
});

test('a Pod always reaches itself', () => {
  expect([{ policyTypes: ['Ingress', 'Egress'] }], { allowed: ['x/a -> x/a'], denied: ['x/a -> x/b'] });
});

test('the explanation names the policy, the rule and the entries that decide', () => {
  const cluster = clusterWith(
    {
      ...onA,
      ingress: [
        { ports: [{ port: 9 }] },
        { from: [{ ipBlock: { cidr: '10.0.0.9/32' } }, { podSelector: {} }], ports: [{ port: 80 }] },
      ],
    },
    { ...onA, policyTypes: ['Egress'] },
  );
  const why = (text: string) => {
    const { connection, judgement } = ask(cluster, text);
    return explain(connection, judgement);
  };
  assert.equal(why('x/b -> x/a'), 'x/p0 ingress[1] (from[1], ports[0]) allows it');
  assert.equal(why('y/a -> x/a:9'), 'x/p0 ingress[0] (ports[0]) allows it');
  assert.equal(
    why('y/a -> x/a:80'),
    'x/p0 isolates x/a for ingress, and no rule allows it: ' +
      'x/p0 ingress[0] does not name TCP 80, x/p0 ingress[1] does not name y/a',
  );
  assert.equal(why('x/a -> y/a'), 'x/p1 isolates x/a for egress without any rule');
  assert.equal(why('y/a -> y/b'), 'no policy isolates y/a for egress or y/b for ingress');
  assert.equal(why('x/a -> x/a'), 'a Pod cannot be kept from itself');
});
