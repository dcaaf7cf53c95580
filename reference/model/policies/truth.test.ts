/**
 * One or more tests for each row of the table of rules in the API's documents. Asked through `explain`, which uses the
 * kernel's sets.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Explanation, explain } from '../explain.ts';
import { aNamespace, anAttachment, aPod, aPolicy, aSnapshot } from '../fixtures.ts';
import type { NetworkPolicyObject, PodObject, Protocol } from '../objects.ts';
import type { Snapshot } from '../types.ts';

type Spec = Partial<NonNullable<NetworkPolicyObject['spec']>>;

const ports = [
  { name: 'web', containerPort: 80, protocol: 'TCP' as const },
  { name: 'dns', containerPort: 53, protocol: 'UDP' as const },
];
const pods = [
  aPod('x/a', { labels: { pod: 'a' }, ports }),
  aPod('x/b', { labels: { pod: 'b' }, ports: [{ name: 'web', containerPort: 8080 }] }),
  aPod('y/a', { labels: { pod: 'a' }, ip: '10.244.2.1', node: 'node2', ports }),
  aPod('y/b', { labels: { pod: 'b' }, ip: '10.244.2.2', node: 'node2' }),
];
const attachments = [anAttachment('x/a', '10.244.1.1'), anAttachment('x/b', '10.244.1.2')];
const namespaces = [aNamespace('x', { team: 'x' }), aNamespace('y', { team: 'y' })];

/** Policies of namespace x, selecting x/a unless they say otherwise. */
function cluster(specs: Spec[], more: Partial<Snapshot> = {}): Snapshot {
  const networkPolicies = specs.map((spec, i) =>
    aPolicy(`x/p${i}`, { podSelector: { matchLabels: { pod: 'a' } }, ...spec }),
  );
  return aSnapshot({ pods, attachments, namespaces, networkPolicies, ...more });
}

function ask(snapshot: Snapshot, text: string): Explanation {
  const [source = '', , destination = '', at = 'TCP/80'] = text.split(' ');
  const [protocol = '', port = ''] = at.split('/');
  return explain(snapshot, { source, destination, protocol: protocol as Protocol, port: Number(port) }) as Explanation;
}

/** Each expectation is `source -> destination PROTOCOL/port`; the port is TCP/80 unless given. */
function expect(snapshot: Snapshot, { allowed = [], denied = [] }: { allowed?: string[]; denied?: string[] }): void {
  for (const text of allowed) assert.equal(ask(snapshot, text).verdict, 'allowed', text);
  for (const text of denied) assert.equal(ask(snapshot, text).verdict, 'denied', text);
}

const ingress: Spec = { policyTypes: ['Ingress'] };
const egress: Spec = { policyTypes: ['Egress'] };

test('1. isolation is per direction', () => {
  expect(cluster([{ ...ingress }]), { denied: ['x/b -> x/a'], allowed: ['x/a -> x/b', 'x/b -> y/a'] });
  expect(cluster([{ ...egress }]), { denied: ['x/a -> x/b'], allowed: ['x/b -> x/a'] });
});

test('2. policies add up, and an empty one takes nothing away', () => {
  const policies = [
    { ...ingress },
    { ...ingress, ingress: [{ ports: [{ port: 80 }] }] },
    { ...ingress, ingress: [{ ports: [{ port: 81 }] }] },
  ];
  expect(cluster(policies), { allowed: ['x/b -> x/a TCP/80', 'x/b -> x/a TCP/81'], denied: ['x/b -> x/a TCP/82'] });
});

test('3. a connection needs the egress of its source and the ingress of its destination', () => {
  const open = { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] };
  const closedOut = { ...egress, podSelector: { matchLabels: { pod: 'b' } } };
  expect(cluster([open]), { allowed: ['x/b -> x/a'] });
  expect(cluster([{ ...ingress, ingress: [{}] }, closedOut]), { denied: ['x/b -> x/a'], allowed: ['y/a -> x/a'] });
});

test('4. without policyTypes: ingress always, egress only with an egress rule', () => {
  for (const policyTypes of [undefined, null, []]) {
    expect(cluster([{ policyTypes }]), { denied: ['x/b -> x/a'], allowed: ['x/a -> x/b'] });
    expect(cluster([{ policyTypes, egress: [] }]), { denied: ['x/b -> x/a'], allowed: ['x/a -> x/b'] });
    expect(cluster([{ policyTypes, egress: [{ ports: [{ port: 80 }] }] }]), {
      denied: ['x/b -> x/a', 'x/a -> x/b TCP/81'],
      allowed: ['x/a -> x/b TCP/80'],
    });
  }
  // named alone, a direction is alone: rules of the other one mean nothing
  expect(cluster([{ ...egress, ingress: [] }]), { allowed: ['x/b -> x/a'] });
  expect(cluster([{ ...ingress, egress: [] }]), { allowed: ['x/a -> x/b'] });
});

test('5. an empty podSelector is all Pods of the policy’s namespace, and of no other', () => {
  for (const podSelector of [{}, { matchLabels: {} }, { matchExpressions: [] }]) {
    expect(cluster([{ ...ingress, podSelector }]), { denied: ['y/a -> x/a', 'y/a -> x/b'], allowed: ['x/a -> y/b'] });
  }
});

test('6. no rules deny all; one empty rule allows all; empty from, to and ports are all', () => {
  for (const none of [undefined, null, []]) {
    expect(cluster([{ ...ingress, ingress: none }]), { denied: ['x/b -> x/a', '8.8.8.8 -> x/a'] });
    expect(cluster([{ ...egress, egress: none }]), { denied: ['x/a -> x/b', 'x/a -> 8.8.8.8'] });
  }
  for (const rule of [{}, { from: [] }, { from: null, ports: [] }, { ports: null }]) {
    expect(cluster([{ ...ingress, ingress: [rule] }]), { allowed: ['x/b -> x/a SCTP/1', '8.8.8.8 -> x/a UDP/9'] });
  }
  for (const rule of [{}, { to: [] }, { to: null, ports: [] }]) {
    expect(cluster([{ ...egress, egress: [rule] }]), { allowed: ['x/a -> y/b UDP/9', 'x/a -> 8.8.8.8'] });
  }
});

const selectors = 'a podSelector means the own namespace, with a namespaceSelector both must hold';
test(`7. ${selectors}, two peers are alternatives`, () => {
  const podSelector = { matchLabels: { pod: 'b' } };
  const namespaceSelector = { matchLabels: { team: 'y' } };
  const from = (...peers: object[]) => cluster([{ ...ingress, ingress: [{ from: peers }] }]);
  expect(from({ podSelector }), { allowed: ['x/b -> x/a'], denied: ['y/b -> x/a'] });
  expect(from({ namespaceSelector }), { allowed: ['y/a -> x/a', 'y/b -> x/a'], denied: ['x/b -> x/a'] });
  expect(from({ namespaceSelector, podSelector }), { allowed: ['y/b -> x/a'], denied: ['y/a -> x/a', 'x/b -> x/a'] });
  expect(from({ namespaceSelector }, { podSelector }), { allowed: ['y/a -> x/a', 'x/b -> x/a', 'y/b -> x/a'] });
  expect(from({ podSelector: {} }), { allowed: ['x/b -> x/a'], denied: ['y/b -> x/a'] });
  expect(from({ namespaceSelector: {} }), { allowed: ['x/b -> x/a', 'y/b -> x/a'], denied: ['8.8.8.8 -> x/a'] });
});

test('8. matchExpressions, and a namespace’s name as its label even where the API server has not set it', () => {
  const from = (namespaceSelector: object, known = namespaces) =>
    cluster([{ ...ingress, ingress: [{ from: [{ namespaceSelector }] }] }], { namespaces: known });
  const named = { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['y', 'z'] }] };
  expect(from(named), { allowed: ['y/a -> x/a'], denied: ['x/b -> x/a'] });
  expect(from(named, [{ metadata: { name: 'y' } }]), { allowed: ['y/a -> x/a'] });
  expect(from({ matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['x'] }] }), {
    allowed: ['y/a -> x/a'],
    denied: ['x/b -> x/a'],
  });
});

test('9. ipBlock with except; another peer may allow what one excepts; Pods’ addresses count', () => {
  const block = (cidr: string, ...except: string[]) => ({ ipBlock: { cidr, except } });
  const from = (...peers: object[]) => cluster([{ ...ingress, ingress: [{ from: peers }] }]);
  expect(from(block('10.244.0.0/16', '10.244.2.0/24')), {
    allowed: ['x/b -> x/a', '10.244.3.9 -> x/a'],
    denied: ['y/a -> x/a', '8.8.8.8 -> x/a'],
  });
  const overlapping = from(block('0.0.0.0/0', '10.0.0.0/8'), block('10.244.2.0/24', '10.244.2.1/32'));
  expect(overlapping, { allowed: ['8.8.8.8 -> x/a', 'y/b -> x/a'], denied: ['y/a -> x/a', 'x/b -> x/a'] });
  expect(from(block('10.244.0.0/16', '10.244.2.0/24'), { namespaceSelector: {} }), { allowed: ['y/a -> x/a'] });
  expect(from(block('10.244.2.0/24', '10.244.0.0/16')), { denied: ['y/a -> x/a'] });
});

test('11. the protocol is TCP unless given; no port means all ports of the protocol', () => {
  const allow = (...rule: object[]) => cluster([{ ...ingress, ingress: [{ ports: rule }] }]);
  expect(allow({ port: 80 }), { allowed: ['x/b -> x/a TCP/80'], denied: ['x/b -> x/a UDP/80', 'x/b -> x/a SCTP/80'] });
  expect(allow({ protocol: 'UDP' }), { allowed: ['x/b -> x/a UDP/1', 'x/b -> x/a UDP/65535'], denied: ['x/b -> x/a'] });
  expect(allow({ protocol: 'SCTP', port: 80 }), { allowed: ['x/b -> x/a SCTP/80'], denied: ['x/b -> x/a TCP/80'] });
  expect(allow({}), { allowed: ['x/b -> x/a TCP/9'], denied: ['x/b -> x/a UDP/9'] });
});

test('12. a named port is the destination Pod’s own, by name and protocol, for egress too', () => {
  const named = (port: string, protocol: Protocol = 'TCP') => [{ port, protocol }];
  expect(cluster([{ ...ingress, podSelector: {}, ingress: [{ ports: named('web') }] }]), {
    allowed: ['y/a -> x/a TCP/80', 'y/a -> x/b TCP/8080'],
    denied: ['y/a -> x/a TCP/8080', 'y/a -> x/b TCP/80', 'y/a -> x/a UDP/80'],
  });
  expect(cluster([{ ...ingress, ingress: [{ ports: named('web', 'UDP') }] }]), {
    denied: ['y/a -> x/a TCP/80', 'y/a -> x/a UDP/80'],
  });
  expect(cluster([{ ...egress, egress: [{ ports: named('web') }] }]), {
    allowed: ['x/a -> x/b TCP/8080', 'x/a -> y/a TCP/80'],
    denied: ['x/a -> x/b TCP/80', 'x/a -> y/b TCP/80', 'x/a -> 8.8.8.8 TCP/80'],
  });
  expect(cluster([{ ...egress, egress: [{ to: [{ podSelector: {} }], ports: named('web') }] }]), {
    allowed: ['x/a -> x/b TCP/8080'],
    denied: ['x/a -> y/a TCP/80'],
  });
});

test('12. a sidecar’s named port counts, another init container’s does not', () => {
  const init = (restartPolicy?: string) => ({
    name: 'i',
    ports: [{ name: 'admin', containerPort: 99 }],
    ...(restartPolicy && { restartPolicy }),
  });
  const allow = (container: object) => {
    const pod = aPod('x/a', { labels: { pod: 'a' } });
    const changed = { ...pod, spec: { ...pod.spec, initContainers: [container] } } as PodObject;
    return cluster([{ ...ingress, ingress: [{ ports: [{ port: 'admin' }] }] }], { pods: [changed, ...pods.slice(1)] });
  };
  expect(allow(init('Always')), { allowed: ['x/b -> x/a TCP/99'] });
  expect(allow(init()), { denied: ['x/b -> x/a TCP/99'] });
});

test('13. endPort makes a range; overlapping ranges are one', () => {
  const rule = [
    {
      ports: [
        { port: 80, endPort: 90 },
        { port: 85, endPort: 95 },
        { port: 96 },
        { protocol: 'UDP' as const, port: 80 },
      ],
    },
  ];
  expect(cluster([{ ...ingress, ingress: rule }]), {
    allowed: ['x/b -> x/a TCP/80', 'x/b -> x/a TCP/95', 'x/b -> x/a TCP/96', 'x/b -> x/a UDP/80'],
    denied: ['x/b -> x/a TCP/79', 'x/b -> x/a TCP/97', 'x/b -> x/a UDP/81'],
  });
});

test('14. a Pod’s own node is always allowed, another node only by ipBlock', () => {
  const closed = cluster([{ policyTypes: ['Ingress', 'Egress'] }]);
  expect(closed, {
    allowed: ['192.168.0.1 -> x/a', 'x/a -> 192.168.0.1'],
    denied: ['192.168.0.2 -> x/a', 'x/a -> 192.168.0.2'],
  });
  assert.equal(ask(closed, '192.168.0.1 -> x/a').ingress.because, 'own node');
  expect(cluster([{ ...ingress, ingress: [{ from: [{ ipBlock: { cidr: '192.168.0.2/32' } }] }] }]), {
    allowed: ['192.168.0.2 -> x/a'],
  });
});

test('15. a Pod cannot block itself', () => {
  const itself = ask(cluster([{ policyTypes: ['Ingress', 'Egress'] }]), 'x/a -> x/a');
  assert.deepEqual([itself.verdict, itself.egress.because, itself.ingress.because], ['allowed', 'itself', 'itself']);
});

test('16. hostNetwork Pods are not selected, and are peers only by their node’s address', () => {
  const host = { ...aPod('x/h', { labels: { pod: 'a' }, ip: '192.168.0.2', node: 'node2' }) };
  const all = [...pods, { ...host, spec: { ...host.spec, hostNetwork: true } }];
  expect(cluster([{ policyTypes: ['Ingress', 'Egress'], podSelector: {} }], { pods: all }), {
    allowed: ['y/a -> x/h', 'x/h -> y/a'],
  });
  expect(cluster([{ ...ingress, ingress: [{ from: [{ podSelector: {} }] }] }], { pods: all }), {
    denied: ['x/h -> x/a'],
  });
});

test('17a. a Pod’s policy outlives its object, for as long as it is attached', () => {
  // the agent keeps the object; where even that is lost, any policy of the namespace isolates
  const forgotten = cluster([{ ...ingress, ingress: [{}] }], {
    pods: pods.filter(({ metadata }) => metadata.uid !== 'uid-x/a'),
  });
  expect(forgotten, { denied: ['x/b -> 10.244.1.1'], allowed: ['10.244.1.1 -> x/b'] });
});

test('18. a Pod is isolated as soon as it is attached, before the API shows its address', () => {
  const pending = [aPod('x/a', { labels: { pod: 'a' }, phase: 'Pending' }), ...pods.slice(1)];
  expect(cluster([{ ...ingress, ingress: [{ from: [{ podSelector: {} }] }] }], { pods: pending }), {
    allowed: ['x/b -> x/a'],
    denied: ['y/b -> x/a'],
  });
});

test('19. the address of a Pod that has ended is no peer’s; a terminating Pod’s is', () => {
  const change = (phase: string, more: object = {}): PodObject[] => {
    const pod = aPod('y/b', { labels: { pod: 'b' }, ip: '10.244.2.2', node: 'node2', phase });
    return [...pods.slice(0, 3), { ...pod, metadata: { ...pod.metadata, ...more } }];
  };
  const rule = { ...ingress, ingress: [{ from: [{ namespaceSelector: {} }] }] };
  expect(cluster([rule], { pods: change('Running', { deletionTimestamp: 'now' }) }), {
    allowed: ['10.244.2.2 -> x/a'],
  });
  for (const phase of ['Succeeded', 'Failed'])
    expect(cluster([rule], { pods: change(phase) }), { denied: ['10.244.2.2 -> x/a'] });
});

test('20. an ipBlock of the other family allows nothing here, and isolates all the same', () => {
  expect(cluster([{ ...ingress, ingress: [{ from: [{ ipBlock: { cidr: '::/0' } }] }] }]), {
    denied: ['x/b -> x/a', '8.8.8.8 -> x/a'],
  });
});

test('what the API server would refuse allows nothing', () => {
  const rules: object[] = [
    { from: [{}] },
    { from: [{ ipBlock: { cidr: 'nonsense' } }] },
    { ports: [{ port: 80, endPort: 70 }] },
    { ports: [{ port: 70_000 }] },
    { ports: [{ protocol: 'ICMP' }] },
  ];
  for (const rule of rules) expect(cluster([{ ...ingress, ingress: [rule] }]), { denied: ['x/b -> x/a'] });
});

test('a namespace that is not known yet is in no selector that asks for labels', () => {
  const lacks = (operator: string, values?: string[]) => ({
    namespaceSelector: { matchExpressions: [{ key: 'team', operator, ...(values && { values }) }] },
  });
  const later = { namespaces: namespaces.slice(0, 1) };
  for (const peer of [lacks('NotIn', ['y']), lacks('DoesNotExist')]) {
    expect(cluster([{ ...ingress, ingress: [{ from: [peer] }] }], later), { denied: ['y/a -> x/a'] });
    const out = cluster([{ ...egress, egress: [{ to: [peer] }] }], later);
    expect(out, { denied: ['x/a -> y/a'] });
  }
  // but it is one of all namespaces, whatever its labels are
  expect(cluster([{ ...ingress, ingress: [{ from: [{ namespaceSelector: {} }] }] }], later), {
    allowed: ['y/a -> x/a'],
  });
});

test('labels of Pods and namespaces that change, change the answer', () => {
  const rule = {
    ...ingress,
    ingress: [
      { from: [{ namespaceSelector: { matchLabels: { team: 'y' } }, podSelector: { matchLabels: { pod: 'b' } } }] },
    ],
  };
  expect(cluster([rule]), { allowed: ['y/b -> x/a'] });
  expect(cluster([rule], { namespaces: [aNamespace('x', { team: 'x' }), aNamespace('y', { team: 'z' })] }), {
    denied: ['y/b -> x/a'],
  });
  const relabelled = aPod('y/b', { labels: { pod: 'c' }, ip: '10.244.2.2', node: 'node2' });
  expect(cluster([rule], { pods: [...pods.slice(0, 3), relabelled] }), { denied: ['y/b -> x/a'] });
});
