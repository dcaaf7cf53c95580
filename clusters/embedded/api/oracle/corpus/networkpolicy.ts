/** What policies may say. */
import { collect } from './case.ts';
import { meta, policy } from './make.ts';

const { cases, add } = collect();

const from = (...peers: unknown[]) => policy({ podSelector: {}, ingress: [{ from: peers }] });
const to = (...peers: unknown[]) => policy({ podSelector: {}, egress: [{ to: peers }] });
const onPorts = (...ports: unknown[]) => policy({ podSelector: {}, ingress: [{ ports }] });

add('no spec', { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: meta });
add('empty', policy({ podSelector: {} }));
add('no podSelector', policy({}));
add('types follow egress', policy({ podSelector: {}, egress: [{}] }));
add('empty egress is ingress', policy({ podSelector: {}, egress: [] }));
add('both types without rules', policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] }));
add('empty types', policy({ podSelector: {}, policyTypes: [] }));
add('wrong type', policy({ podSelector: {}, policyTypes: ['Ingres', 'egress'] }));
add('three types', policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress', 'Ingress'] }));
add('the same type twice', policy({ podSelector: {}, policyTypes: ['Ingress', 'Ingress'] }));
for (const cidr of [
  '10.0.0.0/8',
  '10.1.2.3/8',
  '010.0.0.0/8',
  '10.0.0.0',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0/8',
  '0.0.0.0/0',
  '10.0.0.1/32',
  '10.0.0.0/08',
  '2001:db8::/64',
  '2001:DB8:0:0::/64',
  '::/0',
  '::ffff:1.2.3.4/120',
  '::ffff:1.2.3.0/24',
  'fe80::1%eth0/64',
  '1.2.3.4/24/8',
  ' 10.0.0.0/8',
  '',
  'x',
  '256.0.0.0/8',
  '1.2.3.4.5/8',
])
  add(`cidr "${cidr}"`, from({ ipBlock: { cidr } }));
const excepts: [string, string[]][] = [
  ['10.0.0.0/8', ['10.1.0.0/16']],
  ['10.0.0.0/8', ['10.0.0.0/8']],
  ['10.0.0.0/8', ['11.0.0.0/16']],
  ['10.0.0.0/16', ['10.0.0.0/8']],
  ['10.0.0.0/8', ['10.1.0.0']],
  ['10.0.0.0/8', ['10.1.0.0/16', 'x', '12.0.0.0/8']],
  ['0.0.0.0/0', ['2001:db8::/64']],
  ['2001:db8::/32', ['2001:db8:1::/48', '10.0.0.0/8']],
  ['x', ['y']],
  ['10.0.0.0/8', ['::ffff:10.1.0.0/112']],
];
for (const [cidr, except] of excepts) add(`${cidr} except ${except.join(' ')}`, to({ ipBlock: { cidr, except } }));
add('empty peer', from({}));
add('empty peers', policy({ podSelector: {}, ingress: [{ from: [] }] }));
add('null rule', policy({ podSelector: {}, ingress: [null] }));
add('ipBlock beside podSelector', from({ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }));
add('ipBlock beside both selectors', to({ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {}, namespaceSelector: {} }));
add('both selectors', from({ podSelector: { matchLabels: { a: 'b' } }, namespaceSelector: {} }));
add('port of each kind', onPorts({ port: 80 }, { port: 'http', protocol: 'TCP' }, { protocol: 'UDP' }, {}));
for (const port of [0, -1, 65535, 65536, 'http', 'HTTP', 'a-very-long-port-name', '80', '', 'a--b', '-a', 'a_b'])
  add(`port ${JSON.stringify(port)}`, onPorts({ port }));
for (const endPort of [79, 80, 81, 65535, 65536, 0, -5]) add(`port 80 to ${endPort}`, onPorts({ port: 80, endPort }));
add('endPort without port', onPorts({ endPort: 81 }));
add('endPort of a named port', onPorts({ port: 'http', endPort: 81 }));
add('port and endPort both out of range', onPorts({ port: 70000, endPort: 69999 }));
for (const protocol of ['TCP', 'UDP', 'SCTP', 'tcp', 'ICMP', '']) add(`protocol "${protocol}"`, onPorts({ protocol }));
const expressions: unknown[] = [
  { key: 'a', operator: 'In', values: ['b'] },
  { key: 'a', operator: 'In' },
  { key: 'a', operator: 'In', values: [] },
  { key: 'a', operator: 'NotIn', values: ['b', 'b'] },
  { key: 'a', operator: 'Exists' },
  { key: 'a', operator: 'Exists', values: ['b'] },
  { key: 'a', operator: 'DoesNotExist', values: ['b'] },
  { key: 'a', operator: 'Equals', values: ['b'] },
  { key: 'a', operator: 'in', values: ['b'] },
  { key: 'a' },
  { key: '', operator: 'Exists' },
  { operator: 'Exists' },
  { key: 'a b', operator: 'Exists' },
  { key: 'a/b/c', operator: 'Exists' },
  { key: '/b', operator: 'Exists' },
  { key: 'A.b/c', operator: 'Exists' },
  { key: 'x'.repeat(64), operator: 'Exists' },
  { key: 'a', operator: 'In', values: ['b c', 'ok', 'x'.repeat(64)] },
];
for (const [index, expression] of expressions.entries()) {
  add(`expression ${index} of pods`, policy({ podSelector: { matchExpressions: [expression] } }));
  add(`expression ${index} of a peer`, from({ namespaceSelector: { matchExpressions: [expression] } }));
}
add(
  'labels of selectors',
  policy({
    podSelector: { matchLabels: { 'a b': 'c' } },
    ingress: [{ from: [{ podSelector: { matchLabels: { a: 'c d' } } }] }],
  }),
);
add(
  'many faults',
  policy({
    podSelector: { matchLabels: { a: '-' } },
    ingress: [{ ports: [{ port: 0, protocol: 'X' }], from: [{}, { ipBlock: { cidr: 'y' } }] }],
    egress: [{ ports: [{ endPort: 4 }], to: [{ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }] }],
    policyTypes: ['Z'],
  }),
);
add(
  'a changed policy',
  policy({ podSelector: {} }),
  { body: { spec: { ingress: [{ from: [{ ipBlock: { cidr: 'x' } }] }] } } },
  { body: { spec: { policyTypes: ['Egress'] } } },
);
add('a type of port that is none', onPorts({ port: true }));
add('a fraction of a port', onPorts({ port: 1.5 }));
add('selector of the wrong type', policy({ podSelector: 'x' }));
add('rules of the wrong type', policy({ podSelector: {}, ingress: {} }));
add('peers of the wrong type', from({ podSelector: { matchLabels: { a: 1 } } }));
add('an unknown field', policy({ podSelector: {}, ingresss: [] }));

export { cases as networkpolicy };
