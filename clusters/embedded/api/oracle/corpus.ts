/** Requests that both this server and a real one have answered; recorded.json holds what the real one said. */
import type { KubeObject } from '../../objects.ts';

export interface Step {
  /** Default: POST for the first step, PATCH for the next ones. */
  method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'GET';
  /** Below the object's own path: `/status`, `?fieldManager=x`. */
  below?: string;
  /** Content type of a patch: `merge` (default), `strategic`, `json`, `apply`. */
  type?: 'merge' | 'strategic' | 'json' | 'apply';
  /** Asks for the object as a table. */
  table?: boolean;
  body?: unknown;
}

export interface Case {
  name: string;
  /** Kind and name of the object that all steps are about. */
  kind: string;
  steps: Step[];
}

const cases: Case[] = [];

/** An object that is created, and then perhaps changed. */
function add(name: string, object: object, ...then: Step[]): void {
  const { kind } = object as KubeObject;
  cases.push({ name: `${kind}: ${name}`, kind, steps: [{ body: object }, ...then] });
}

const meta = { name: 'x' };

// --- NetworkPolicy ---------------------------------------------------------------------------------------------------
const policy = (spec: unknown, metadata: object = meta) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata,
  spec,
});
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

// --- metadata --------------------------------------------------------------------------------------------------------
const configMap = (metadata: object, more: object = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata, ...more });
for (const name of ['A', 'a.b', 'a_b', '-a', 'a-', 'a..b', 'x'.repeat(254), 'a b', 'ä'])
  add(`name "${name.slice(0, 20)}"`, configMap({ name }));
add('no name', configMap({}));
add('labels', configMap({ name: 'x', labels: { 'a/b/c': 'x' } }));
add('label values', configMap({ name: 'x', labels: { a: 'b c' } }));
add('annotations', configMap({ name: 'x', annotations: { 'a b': 'anything goes here' } }));
add('upper case annotations', configMap({ name: 'x', annotations: { 'Example.COM/A': 'x' } }));
add('too large annotations', configMap({ name: 'x', annotations: { a: 'x'.repeat(262145) } }));
add('owners', configMap({ name: 'x', ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: '', uid: '' }] }));
add(
  'two controllers',
  configMap({
    name: 'x',
    ownerReferences: [
      { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: '1', controller: true },
      { apiVersion: 'v1', kind: 'Pod', name: 'b', uid: '2', controller: true },
    ],
  }),
);
add('finalizers', configMap({ name: 'x', finalizers: ['a b'] }));
add('keys', configMap(meta, { data: { 'a b': 'x', ok: 'y', '..': 'z' } }));
add('a key twice', configMap(meta, { data: { a: 'x' }, binaryData: { a: 'eA==' } }));
add(
  'immutable',
  configMap(meta, { data: { a: 'x' }, immutable: true }),
  { body: { data: { a: 'y' } } },
  { body: { immutable: null } },
);
add('a number as data', configMap(meta, { data: { a: 1 } }));
add('empty maps', configMap({ name: 'x', labels: {}, annotations: {} }, { data: {} }));
add(
  'patches',
  configMap(meta, { data: { a: '1', b: '2' } }),
  { body: { data: { a: null, c: '3' } } },
  {
    type: 'json',
    body: [
      { op: 'add', path: '/data/d', value: '4' },
      { op: 'remove', path: '/data/b' },
    ],
  },
  { type: 'json', body: [{ op: 'remove', path: '/data/zz' }] },
  { type: 'json', body: [{ op: 'test', path: '/data/c', value: 'no' }] },
  { type: 'strategic', body: { data: { c: null }, metadata: { labels: { a: 'b' }, finalizers: ['x/y'] } } },
  { type: 'strategic', body: { metadata: { '$deleteFromPrimitiveList/finalizers': ['x/y'] } } },
);
add(
  'finalizers while going',
  configMap({ name: 'x', finalizers: ['a/b'] }),
  { method: 'DELETE' },
  { body: { metadata: { finalizers: ['a/b', 'c/d'] } } },
  { body: { metadata: { finalizers: null } } },
);
add(
  'a secret',
  { apiVersion: 'v1', kind: 'Secret', metadata: meta, stringData: { a: 'b' } },
  { body: { type: 'Other' } },
);
add(
  'a namespace',
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x', labels: { a: 'b' } } },
  { body: { metadata: { labels: { 'kubernetes.io/metadata.name': 'y' } } } },
);
add('a namespace with dots', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a.b' } });

// --- Service ---------------------------------------------------------------------------------------------------------
const service = (spec: unknown, metadata: object = meta) => ({ apiVersion: 'v1', kind: 'Service', metadata, spec });
const port = (more: object = {}) => ({ port: 80, ...more });
add('plain', service({ ports: [port()], selector: { a: 'b' } }));
add('no ports', service({ selector: { a: 'b' } }));
add('no spec', { apiVersion: 'v1', kind: 'Service', metadata: meta });
for (const name of ['1a', 'A', 'a.b', 'x'.repeat(64)])
  add(`name "${name.slice(0, 10)}"`, service({ ports: [port()] }, { name }));
add('headless', service({ clusterIP: 'None', selector: { a: 'b' } }));
add('headless without selector', service({ clusterIP: 'None' }));
add('headless with ports', service({ clusterIP: 'None', ports: [port({ targetPort: 'http' })], selector: { a: 'b' } }));
add('externalName', service({ type: 'ExternalName', externalName: 'example.com.' }));
add('externalName missing', service({ type: 'ExternalName' }));
add('externalName bad', service({ type: 'ExternalName', externalName: 'a_b' }));
add('externalName with an address', service({ type: 'ExternalName', externalName: 'a.b', clusterIP: '10.96.0.99' }));
for (const number of [0, -1, 65536]) add(`port ${number}`, service({ ports: [{ port: number }] }));
add('no port', service({ ports: [{}] }));
for (const targetPort of [0, 70000, 'HTTP', 'http', '', 'a--b', '80'])
  add(`targetPort ${JSON.stringify(targetPort)}`, service({ ports: [port({ targetPort })] }));
add('two without names', service({ ports: [port(), port({ port: 81 })] }));
add('two of one name', service({ ports: [port({ name: 'a' }), port({ name: 'a', port: 81 })] }));
add('two of one number', service({ ports: [port({ name: 'a' }), port({ name: 'b' })] }));
add('one number, two protocols', service({ ports: [port({ name: 'a' }), port({ name: 'b', protocol: 'UDP' })] }));
add('port names', service({ ports: [port({ name: 'A' }), port({ name: 'a.b', port: 81 })] }));
add('protocol', service({ ports: [port({ protocol: 'ICMP' })] }));
add('appProtocol', service({ ports: [port({ appProtocol: 'a b' })] }));
add('type', service({ type: 'Cluster', ports: [port()] }));
add('selector', service({ selector: { 'a b': 'c', d: 'e f' }, ports: [port()] }));
add('affinity', service({ sessionAffinity: 'ClientIP', ports: [port()] }));
add(
  'affinity with a timeout',
  service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } }, ports: [port()] }),
);
for (const timeoutSeconds of [0, 86401])
  add(
    `affinity of ${timeoutSeconds} s`,
    service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds } }, ports: [port()] }),
  );
add(
  'affinity none with a timeout',
  service({ sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } }, ports: [port()] }),
);
add('affinity of another kind', service({ sessionAffinity: 'Cookie', ports: [port()] }));
add('static address', service({ clusterIP: '10.96.0.77', ports: [port()] }));
add('address elsewhere', service({ clusterIP: '1.2.3.4', ports: [port()] }));
add('the network address', service({ clusterIP: '10.96.0.0', ports: [port()] }));
add('the broadcast address', service({ clusterIP: '10.96.255.255', ports: [port()] }));
add('address that is none', service({ clusterIP: 'x', ports: [port()] }));
add('address of IPv6', service({ clusterIP: '2001:db8::1', ports: [port()] }));
add('address taken', service({ clusterIP: '10.96.0.1', ports: [port()] }));
add('addresses that disagree', service({ clusterIP: '10.96.0.78', clusterIPs: ['10.96.0.79'], ports: [port()] }));
add('addresses without the first', service({ clusterIPs: ['10.96.0.79'], ports: [port()] }));
add('node port', service({ type: 'NodePort', ports: [port({ nodePort: 30001 })] }));
add('node port out of range', service({ type: 'NodePort', ports: [port({ nodePort: 80 })] }));
add('node port of a ClusterIP', service({ ports: [port({ nodePort: 30001 })] }));
add(
  'node port shared by protocols',
  service({ type: 'NodePort', ports: [port({ name: 'a', nodePort: 30002 }), port({ name: 'b', protocol: 'UDP' })] }),
);
add(
  'node port twice',
  service({
    type: 'NodePort',
    ports: [port({ name: 'a', nodePort: 30003 }), port({ name: 'b', port: 81, nodePort: 30003 })],
  }),
);
add('headless node port', service({ type: 'NodePort', clusterIP: 'None', ports: [port()] }));
add(
  'load balancer',
  service({ type: 'LoadBalancer', ports: [port({ nodePort: 30004 })], loadBalancerSourceRanges: ['10.0.0.0/8'] }),
);
add(
  'load balancer, local',
  service({
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    healthCheckNodePort: 30005,
    ports: [port({ nodePort: 30006 })],
  }),
);
add(
  'load balancer without node ports',
  service({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [port()] }),
);
add(
  'load balancer fields elsewhere',
  service({
    ports: [port()],
    loadBalancerSourceRanges: ['x'],
    allocateLoadBalancerNodePorts: true,
    loadBalancerClass: 'a/b',
    healthCheckNodePort: 30001,
  }),
);
add('external policy of a ClusterIP', service({ ports: [port()], externalTrafficPolicy: 'Local' }));
add(
  'external policy',
  service({ type: 'NodePort', ports: [port({ nodePort: 30007 })], externalTrafficPolicy: 'Local' }),
);
add(
  'external policy, wrong',
  service({ type: 'NodePort', ports: [port({ nodePort: 30008 })], externalTrafficPolicy: 'local' }),
);
add('internal policy', service({ ports: [port()], internalTrafficPolicy: 'Local' }));
add('internal policy, wrong', service({ ports: [port()], internalTrafficPolicy: 'x' }));
add('external addresses', service({ ports: [port()], externalIPs: ['1.2.3.4'] }));
add(
  'external addresses, special',
  service({ ports: [port()], externalIPs: ['127.0.0.1', '0.0.0.0', '169.254.1.1', '224.0.0.1', 'x', '::1'] }),
);
add('traffic distribution', service({ ports: [port()], trafficDistribution: 'x' }));
add('traffic distribution, close', service({ ports: [port()], trafficDistribution: 'PreferClose' }));
add('dual stack', service({ ports: [port()], ipFamilyPolicy: 'RequireDualStack' }));
add('dual stack, preferred', service({ ports: [port()], ipFamilyPolicy: 'PreferDualStack' }));
add('IPv6', service({ ports: [port()], ipFamilies: ['IPv6'] }));
add('families', service({ ports: [port()], ipFamilies: ['IPv4', 'IPv4'], ipFamilyPolicy: 'x' }));
add(
  'address changed',
  service({ clusterIP: '10.96.0.80', ports: [port()] }),
  { body: { spec: { clusterIP: '10.96.0.81' } } },
  { body: { spec: { clusterIP: null } } },
  { body: { spec: { clusterIP: 'None' } } },
);
add(
  'types',
  service({ clusterIP: '10.96.0.82', ports: [port()], selector: { a: 'b' } }),
  { body: { spec: { type: 'NodePort', ports: [port({ nodePort: 30010 })] } } },
  { type: 'strategic', body: { spec: { ports: [{ port: 81, name: 'more', nodePort: 30011 }] } } },
  { body: { spec: { type: 'ClusterIP', ports: [port()] } } },
  { body: { spec: { type: 'ExternalName', externalName: 'a.b' } } },
  { body: { spec: { type: 'ClusterIP', clusterIP: '10.96.0.83', externalName: null } } },
);
add(
  'node ports stay',
  service({ type: 'NodePort', clusterIP: '10.96.0.84', ports: [port({ name: 'a', nodePort: 30012 })] }),
  { body: { spec: { ports: [port({ name: 'a', port: 8080 })] } } },
  { body: { spec: { ports: [port({ name: 'a', nodePort: 40000 })] } } },
);
add(
  'put without what was allocated',
  service({ clusterIP: '10.96.0.85', type: 'NodePort', ports: [port({ nodePort: 30013 })] }),
  { method: 'PUT', body: service({ type: 'NodePort', ports: [port({ targetPort: 8080 })] }) },
);
add('headless becomes another', service({ clusterIP: 'None', ports: [port()], selector: { a: 'b' } }), {
  body: { spec: { clusterIP: '10.96.0.86', clusterIPs: ['10.96.0.86'] } },
});

// --- Pod -------------------------------------------------------------------------------------------------------------
const main = { name: 'main', image: 'node:24' };
const pod = (spec: unknown, metadata: object = meta) => ({ apiVersion: 'v1', kind: 'Pod', metadata, spec });
const withContainer = (more: object) => pod({ containers: [{ ...main, ...more }] });
add('plain', pod({ containers: [main] }));
add('no spec', { apiVersion: 'v1', kind: 'Pod', metadata: meta });
add('no containers', pod({}));
add('no image', pod({ containers: [{ name: 'a' }] }));
add('no name', pod({ containers: [{ image: 'a' }] }));
add('names', pod({ containers: [{ ...main, name: 'A' }, main, main, { ...main, name: 'a.b' }] }));
add('image with a space', withContainer({ image: ' node' }));
for (const image of [
  'node',
  'node:latest',
  'node:24',
  'host:5000/node',
  'host:5000/node:1',
  `node@sha256:${'a'.repeat(64)}`,
])
  add(`image ${image.slice(0, 24)}`, withContainer({ image }));
add(
  'ports',
  withContainer({
    ports: [{ containerPort: 80 }, { containerPort: 81, name: 'http', protocol: 'UDP', hostPort: 8081 }],
  }),
);
add(
  'bad ports',
  withContainer({
    ports: [
      { containerPort: 0 },
      { containerPort: 70000 },
      { containerPort: 80, name: 'HTTP' },
      { containerPort: 81, hostPort: -1 },
      { containerPort: 82, protocol: 'x' },
      { name: 'x' },
    ],
  }),
);
add(
  'port names twice',
  withContainer({
    ports: [
      { containerPort: 80, name: 'a' },
      { containerPort: 81, name: 'a' },
    ],
  }),
);
add(
  'host ports twice',
  pod({
    containers: [
      { ...main, ports: [{ containerPort: 80, hostPort: 80 }] },
      { ...main, name: 'b', ports: [{ containerPort: 81, hostPort: 80 }] },
    ],
  }),
);
add('host network', pod({ hostNetwork: true, containers: [{ ...main, ports: [{ containerPort: 80 }] }] }));
add(
  'host network, other port',
  pod({ hostNetwork: true, containers: [{ ...main, ports: [{ containerPort: 80, hostPort: 81 }] }] }),
);
add(
  'env',
  withContainer({
    env: [
      { name: 'A', value: 'x' },
      { name: 'B', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'C', valueFrom: { configMapKeyRef: { name: 'a', key: 'b' } } },
    ],
  }),
);
add(
  'bad env',
  withContainer({
    env: [
      { name: '' },
      { name: 'a=b' },
      { name: '1a' },
      { name: 'C', valueFrom: {} },
      { name: 'D', value: 'x', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'E', valueFrom: { configMapKeyRef: { name: 'a' } } },
    ],
  }),
);
add(
  'probes',
  withContainer({
    livenessProbe: { httpGet: { port: 80 } },
    readinessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 1, initialDelaySeconds: 2 },
    startupProbe: { exec: { command: ['true'] } },
  }),
);
add(
  'bad probes',
  withContainer({
    livenessProbe: {
      httpGet: { port: 0, scheme: 'x', httpHeaders: [{ name: 'a b', value: 'c' }] },
      successThreshold: 2,
    },
    readinessProbe: { exec: {}, tcpSocket: { port: 1 }, periodSeconds: -1, terminationGracePeriodSeconds: 1 },
    startupProbe: {},
  }),
);
add('grpc probe', withContainer({ livenessProbe: { grpc: { port: 80 } } }));
add('lifecycle', withContainer({ lifecycle: { preStop: { exec: { command: ['sleep', '1'] } } } }));
add('bad lifecycle', withContainer({ lifecycle: { preStop: {} } }));
add(
  'policies',
  pod({
    restartPolicy: 'x',
    dnsPolicy: 'y',
    containers: [{ ...main, imagePullPolicy: 'z', terminationMessagePolicy: 'q' }],
  }),
);
add('restart never', pod({ restartPolicy: 'Never', containers: [main] }));
add(
  'init containers',
  pod({
    containers: [main],
    initContainers: [
      { name: 'init', image: 'a' },
      { name: 'side', image: 'b', restartPolicy: 'Always' },
    ],
  }),
);
add(
  'bad init containers',
  pod({
    containers: [main],
    initContainers: [main, { name: 'init', image: 'a', readinessProbe: { tcpSocket: { port: 1 } } }],
  }),
);
add(
  'volumes',
  pod({
    containers: [
      {
        ...main,
        volumeMounts: [
          { name: 'a', mountPath: '/a' },
          { name: 'b', mountPath: '/b', subPath: 'c' },
        ],
      },
    ],
    volumes: [
      { name: 'a' },
      { name: 'b', configMap: { name: 'x' } },
      { name: 'c', hostPath: { path: '/x' } },
      { name: 'd', secret: { secretName: 's' } },
      { name: 'e', downwardAPI: { items: [{ path: 'p', fieldRef: { fieldPath: 'metadata.name' } }] } },
    ],
  }),
);
add(
  'bad mounts',
  withContainer({ volumeMounts: [{ name: 'a', mountPath: '/a' }, { name: 'b', mountPath: '/a' }, { mountPath: '' }] }),
);
add(
  'bad volumes',
  pod({
    containers: [main],
    volumes: [
      { name: 'A' },
      { name: 'b', configMap: {} },
      { name: 'b', emptyDir: {} },
      { name: 'b' },
      { name: 'c', hostPath: { path: '../x', type: 'q' } },
      { name: 'd', emptyDir: {}, configMap: { name: 'x' } },
      {},
    ],
  }),
);
add(
  'bad paths in volumes',
  pod({
    containers: [main],
    volumes: [
      {
        name: 'b',
        configMap: {
          name: 'x',
          defaultMode: 999,
          items: [
            { key: 'a', path: '/b' },
            { key: '', path: '../c' },
          ],
        },
      },
    ],
  }),
);
add('resources', withContainer({ resources: { limits: { cpu: '1', memory: '1Gi' } } }));
add('resources in part', withContainer({ resources: { requests: { cpu: '100m' } } }));
add('host names', pod({ hostname: 'A', subdomain: 'b.c', nodeName: 'N', serviceAccountName: 'S', containers: [main] }));
add('node selector', pod({ nodeSelector: { 'a b': 'c' }, containers: [main] }));
add('tolerations', pod({ tolerations: [{ operator: 'Exists' }], containers: [main] }));
add(
  'bad tolerations',
  pod({
    tolerations: [
      { key: 'a b' },
      { value: 'x' },
      { key: 'a', operator: 'Exists', value: 'x' },
      { key: 'a', operator: 'x' },
      { key: 'a', effect: 'x' },
      { key: 'a', tolerationSeconds: 5 },
    ],
    containers: [main],
  }),
);
add('host aliases', pod({ hostAliases: [{ ip: 'x', hostnames: ['A'] }], containers: [main] }));
add('deadline', pod({ activeDeadlineSeconds: 0, containers: [main] }));
add('names of pods', pod({ containers: [main] }, { name: 'A_b' }));
add('status is not taken', { ...pod({ containers: [main] }), status: { phase: 'Running' } });
add(
  'changes',
  pod({ containers: [main] }),
  { type: 'strategic', body: { spec: { containers: [{ name: 'main', image: 'node:25' }] } } },
  { type: 'strategic', body: { spec: { containers: [{ name: 'main', env: [{ name: 'A', value: 'x' }] }] } } },
  { type: 'strategic', body: { spec: { containers: [{ name: 'more', image: 'x' }] } } },
  { body: { spec: { nodeName: 'node1' } } },
  { body: { spec: { activeDeadlineSeconds: 5 } } },
  { body: { spec: { activeDeadlineSeconds: 6 } } },
  { body: { spec: { tolerations: [] } } },
  { body: { metadata: { labels: { a: 'b' } } } },
  { below: '/status', body: { status: { phase: 'Running', podIP: '10.0.0.1' } } },
);
add('a port of the wrong type', withContainer({ ports: [{ containerPort: '80' }] }));
add('a list for a map', pod({ containers: {} }));
add('a map for a list of strings', withContainer({ command: 'x' }));

// --- Deployment and its like -----------------------------------------------------------------------------------------
const template = (labels: object, spec: object = { containers: [main] }) => ({ metadata: { labels }, spec });
const deployment = (spec: unknown) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta, spec });
const selector = { matchLabels: { a: 'b' } };
const good = { selector, template: template({ a: 'b' }) };
add('plain', deployment(good));
add('no spec', deployment({}));
add('no selector', deployment({ template: template({ a: 'b' }) }));
add('empty selector', deployment({ selector: {}, template: template({ a: 'b' }) }));
add('selector of others', deployment({ selector, template: template({ a: 'c' }) }));
add('selector of nobody', deployment({ selector, template: { spec: { containers: [main] } } }));
add(
  'bad selector',
  deployment({ selector: { matchExpressions: [{ key: 'a', operator: 'x' }] }, template: template({ a: 'b' }) }),
);
add(
  'negative',
  deployment({ ...good, replicas: -1, minReadySeconds: -1, revisionHistoryLimit: -1, progressDeadlineSeconds: -1 }),
);
add('none', deployment({ ...good, replicas: 0 }));
add('recreate', deployment({ ...good, strategy: { type: 'Recreate' } }));
add('recreate with limits', deployment({ ...good, strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } }));
add('another strategy', deployment({ ...good, strategy: { type: 'x' } }));
for (const rollingUpdate of [
  { maxSurge: 0, maxUnavailable: 0 },
  { maxSurge: '0%', maxUnavailable: 0 },
  { maxSurge: 1 },
  { maxSurge: 'x', maxUnavailable: '200%' },
  { maxSurge: -1 },
])
  add(`limits ${JSON.stringify(rollingUpdate)}`, deployment({ ...good, strategy: { rollingUpdate } }));
add(
  'restart policy',
  deployment({ selector, template: template({ a: 'b' }, { restartPolicy: 'Never', containers: [main] }) }),
);
add('template without containers', deployment({ selector, template: template({ a: 'b' }, {}) }));
add('template labels', deployment({ selector, template: template({ a: 'b', 'c d': 'e' }) }));
add(
  'selector changed',
  deployment(good),
  { body: { spec: { selector: { matchLabels: { c: 'd' } }, template: { metadata: { labels: { c: 'd' } } } } } },
  { body: { spec: { replicas: 3 } } },
  { method: 'GET', below: '/scale' },
  { below: '/scale', body: { spec: { replicas: 5 } } },
);
add('strategy changed', deployment(good), {
  type: 'strategic',
  body: { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
});
add(
  'containers merged',
  deployment(good),
  {
    type: 'strategic',
    body: {
      spec: {
        template: {
          spec: {
            containers: [{ name: 'side', image: 'x' }],
            $setElementOrder: undefined,
            '$setElementOrder/containers': [{ name: 'side' }, { name: 'main' }],
          },
        },
      },
    },
  },
  {
    type: 'strategic',
    body: { spec: { template: { spec: { containers: [{ name: 'main', ports: [{ containerPort: 80 }] }] } } } },
  },
  {
    type: 'strategic',
    body: { spec: { template: { spec: { containers: [{ name: 'main', ports: [{ containerPort: 81 }] }] } } } },
  },
  {
    type: 'strategic',
    body: {
      spec: {
        template: { spec: { containers: [{ name: 'main', ports: [{ containerPort: 80, $patch: 'delete' }] }] } },
      },
    },
  },
  { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name: 'side', $patch: 'delete' }] } } } } },
);
add('a string of replicas', deployment({ ...good, replicas: '3' }));
const ofKind = (kind: string, spec: unknown) => ({ apiVersion: 'apps/v1', kind, metadata: meta, spec });
for (const kind of ['ReplicaSet', 'DaemonSet', 'StatefulSet']) {
  add('plain', ofKind(kind, kind === 'StatefulSet' ? { ...good, serviceName: 's' } : good));
  add('no selector', ofKind(kind, { template: template({ a: 'b' }) }));
  add('selector of others', ofKind(kind, { selector, template: template({ a: 'c' }) }));
}

// --- others ----------------------------------------------------------------------------------------------------------
const slice = (more: object) => ({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: meta, ...more });
add('plain', slice({ addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }], ports: [{ port: 80 }] }));
add(
  'wrong',
  slice({
    addressType: 'IPv4',
    endpoints: [{ addresses: [] }, { addresses: ['127.0.0.1', '::1', 'x'] }],
    ports: [
      { name: 'A', port: 0 },
      { name: 'A', protocol: 'x' },
    ],
  }),
);
add('no type', slice({ endpoints: [] }));
add('type changed', slice({ addressType: 'IPv4', endpoints: [] }), { body: { addressType: 'IPv6' } });
add(
  'node',
  { apiVersion: 'v1', kind: 'Node', metadata: meta, spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] } },
  { body: { spec: { podCIDR: '10.244.2.0/24', podCIDRs: ['10.244.2.0/24'] } } },
);
add('lease', {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: meta,
  spec: { leaseDurationSeconds: 0 },
});
add('role', {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: 'a:b' },
  rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
});
add('binding', {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: meta,
  roleRef: { kind: 'ClusterRole', name: 'a' },
  subjects: [
    { kind: 'ServiceAccount', name: 'x', namespace: 'default' },
    { kind: 'User', name: 'y' },
  ],
});

// --- server-side apply -----------------------------------------------------------------------------------------------
const by = (manager: string, more = ''): Pick<Step, 'type' | 'below'> => ({
  type: 'apply',
  below: `?fieldManager=${manager}${more}`,
});
const applied = (...labels: string[]) =>
  configMap({ name: 'x', labels: Object.fromEntries(labels.map((each) => [each, 'x'])) });
add(
  'apply',
  applied('a'),
  { ...by('one'), body: { ...applied('b'), data: { k: '1', l: '2' } } },
  { ...by('one'), body: { ...applied('c'), data: { k: '3' } } },
  { ...by('two'), body: { ...applied('c'), data: { k: '3' } } },
  { ...by('one'), body: applied('a') },
  { ...by('three'), body: { ...applied(), data: { k: '4' } } },
  { ...by('three', '&force=true'), body: { ...applied(), data: { k: '4' } } },
  { ...by('two'), body: applied('d') },
  { ...by('three'), body: applied() },
  { type: 'apply', body: applied('d') },
  { ...by('four'), body: { ...applied(), metadata: { name: 'y' } } },
  { ...by('four'), body: { ...applied(), dataa: { x: 'y' } } },
  { ...by('four', '&fieldValidation=Strict'), body: { ...applied(), dataa: { x: 'y' } } },
  { ...by('four'), body: { ...applied(), kind: 'Pod' } },
);
cases.push({
  name: 'Deployment: applied from the start',
  kind: 'Deployment',
  steps: [
    { method: 'PATCH', ...by('one'), body: deployment({ ...good, replicas: 2 }) },
    { method: 'PATCH', below: '/scale?fieldManager=scaler', body: { spec: { replicas: 3 } } },
    { method: 'PATCH', ...by('one'), body: deployment({ ...good, replicas: 2 }) },
    { method: 'PATCH', ...by('one'), body: deployment(good) },
    {
      method: 'PATCH',
      ...by('one'),
      body: deployment({
        selector,
        template: template(
          { a: 'b' },
          {
            containers: [
              {
                ...main,
                ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }],
                env: [{ name: 'A', value: '1' }],
              },
              { name: 'side', image: 'x' },
            ],
          },
        ),
      }),
    },
    {
      method: 'PATCH',
      ...by('two'),
      body: deployment({ template: { spec: { containers: [{ name: 'main', env: [{ name: 'B', value: '2' }] }] } } }),
    },
    {
      method: 'PATCH',
      ...by('one'),
      body: deployment({
        selector,
        template: template({ a: 'b' }, { containers: [{ ...main, ports: [{ containerPort: 80 }] }] }),
      }),
    },
    {
      method: 'PATCH',
      ...by('two'),
      body: deployment({ template: { spec: { containers: [{ name: 'main', image: 'node:25' }] } } }),
    },
    {
      method: 'PATCH',
      below: '/status?fieldManager=three',
      type: 'apply',
      body: { ...deployment(undefined), status: { replicas: 1, conditions: [{ type: 'Available', status: 'True' }] } },
    },
    { method: 'PATCH', ...by('two', '&force=true'), body: deployment({ selector: { matchLabels: { a: 'c' } } }) },
  ],
});

// --- tables ----------------------------------------------------------------------------------------------------------
const table: Step = { method: 'GET', table: true };
const status = (of: object): Step => ({ below: '/status', body: { status: of } });
const running = { running: { startedAt: '2020-01-01T00:00:00Z' } };
const ended = (more: object) => ({
  terminated: { startedAt: '2020-01-01T00:00:00Z', finishedAt: '2020-01-01T00:00:01Z', ...more },
});
const container = (name: string, state: object, more: object = {}) => ({
  name,
  state,
  ready: false,
  restartCount: 0,
  image: 'x',
  imageID: 'x',
  ...more,
});
const two = pod({ containers: [main, { name: 'side', image: 'x' }], readinessGates: [{ conditionType: 'a/b' }] });
const ready = { type: 'Ready', status: 'True' };
const podStates: Record<string, object> = {
  pending: {},
  evicted: { phase: 'Failed', reason: 'Evicted' },
  creating: { phase: 'Pending', containerStatuses: [container('main', { waiting: { reason: 'ContainerCreating' } })] },
  running: {
    phase: 'Running',
    podIP: '10.0.0.1',
    conditions: [ready, { type: 'a/b', status: 'True' }],
    containerStatuses: [container('main', running, { ready: true }), container('side', running, { ready: true })],
  },
  'half ready': {
    phase: 'Running',
    containerStatuses: [container('main', running, { ready: true }), container('side', running)],
  },
  crashing: {
    phase: 'Running',
    containerStatuses: [
      container(
        'main',
        { waiting: { reason: 'CrashLoopBackOff' } },
        { restartCount: 4, lastState: ended({ exitCode: 1, reason: 'Error' }) },
      ),
      container('side', running, { ready: true }),
    ],
  },
  error: { phase: 'Failed', containerStatuses: [container('main', ended({ exitCode: 1, reason: 'Error' }))] },
  'exit code': { phase: 'Failed', containerStatuses: [container('main', ended({ exitCode: 3 }))] },
  signal: { phase: 'Failed', containerStatuses: [container('main', ended({ exitCode: 137, signal: 9 }))] },
  completed: {
    phase: 'Succeeded',
    containerStatuses: [container('main', ended({ exitCode: 0, reason: 'Completed' }))],
  },
  'one completed': {
    phase: 'Running',
    conditions: [ready],
    containerStatuses: [
      container('main', ended({ exitCode: 0, reason: 'Completed' })),
      container('side', running, { ready: true }),
    ],
  },
  'one completed, not ready': {
    phase: 'Running',
    containerStatuses: [
      container('main', ended({ exitCode: 0, reason: 'Completed' })),
      container('side', running, { ready: true }),
    ],
  },
  gated: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
  image: { phase: 'Pending', containerStatuses: [container('main', { waiting: { reason: 'ImagePullBackOff' } })] },
};
for (const [name, state] of Object.entries(podStates)) add(`table, ${name}`, two, status(state), table);
const withInit = pod({
  containers: [main],
  initContainers: [
    { name: 'one', image: 'x' },
    { name: 'beside', image: 'x', restartPolicy: 'Always' },
  ],
});
const initStates: Record<string, object[]> = {
  first: [container('one', running)],
  waiting: [container('one', { waiting: { reason: 'ImagePullBackOff' } })],
  initializing: [container('one', { waiting: { reason: 'PodInitializing' } })],
  failed: [container('one', ended({ exitCode: 2 }), { restartCount: 2 })],
  'failed with a reason': [container('one', ended({ exitCode: 2, reason: 'Error' }))],
  second: [container('one', ended({ exitCode: 0 })), container('beside', running)],
  'sidecar started': [
    container('one', ended({ exitCode: 0 }), { restartCount: 3 }),
    container('beside', running, { started: true, ready: true, restartCount: 1 }),
  ],
};
for (const [name, initContainerStatuses] of Object.entries(initStates))
  add(
    `table, init ${name}`,
    withInit,
    status({
      phase: 'Pending',
      initContainerStatuses,
      containerStatuses: [container('main', { waiting: { reason: 'PodInitializing' } })],
    }),
    table,
  );
add(
  'table, terminating',
  pod({ containers: [main] }, { name: 'x', finalizers: ['a/b'] }),
  status({ phase: 'Running' }),
  { method: 'DELETE' },
  table,
);
add(
  'table',
  service({
    ports: [port({ name: 'a' }), port({ name: 'b', port: 81 })],
    clusterIP: '10.96.0.90',
    selector: { b: 'c', a: 'b' },
  }),
  table,
);
add(
  'table, node port',
  service({ type: 'NodePort', clusterIP: '10.96.0.91', externalIPs: ['1.2.3.4'], ports: [port({ nodePort: 30020 })] }),
  table,
);
add('table, headless', service({ clusterIP: 'None' }), table);
add('table, externalName', service({ type: 'ExternalName', externalName: 'a.b' }), table);
add(
  'table, load balancer',
  service({ type: 'LoadBalancer', clusterIP: '10.96.0.92', ports: [port({ nodePort: 30021 })] }),
  table,
  status({ loadBalancer: { ingress: [{ ip: '5.6.7.8' }, { ip: '1.2.3.4' }] } }),
  table,
);
add(
  'table',
  deployment({ ...good, replicas: 3 }),
  status({ replicas: 3, readyReplicas: 2, updatedReplicas: 3, availableReplicas: 1 }),
  table,
);
add(
  'table, expressions',
  deployment({
    selector: {
      matchLabels: { a: 'b' },
      matchExpressions: [
        { key: 'a', operator: 'In', values: ['c', 'b'] },
        { key: 'z', operator: 'DoesNotExist' },
        { key: 'b', operator: 'NotIn', values: ['q'] },
      ],
    },
    template: template({ a: 'b' }),
  }),
  table,
);
add('table', ofKind('ReplicaSet', good), status({ replicas: 2, readyReplicas: 1 }), table);
add(
  'table',
  ofKind('DaemonSet', { selector, template: template({ a: 'b' }, { nodeSelector: { n: 'm' }, containers: [main] }) }),
  status({
    currentNumberScheduled: 3,
    desiredNumberScheduled: 4,
    numberReady: 2,
    numberMisscheduled: 0,
    updatedNumberScheduled: 1,
    numberAvailable: 1,
  }),
  table,
);
add('table', ofKind('StatefulSet', { ...good, serviceName: 's' }), table);
const nodeStatus = {
  conditions: [{ type: 'Ready', status: 'True' }],
  addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
  nodeInfo: {
    kubeletVersion: 'v1',
    osImage: 'os',
    kernelVersion: '6',
    containerRuntimeVersion: 'c://1',
    architecture: 'a',
    bootID: 'b',
    kubeProxyVersion: '',
    machineID: 'm',
    operatingSystem: 'linux',
    systemUUID: 's',
  },
};
const nodeObject = (spec: object, labels: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'x', labels },
  spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }], ...spec },
});
add(
  'table',
  nodeObject({}, { 'node-role.kubernetes.io/control-plane': '', 'kubernetes.io/role': 'x' }),
  status(nodeStatus),
  table,
);
add(
  'table, cordoned',
  nodeObject({
    unschedulable: true,
    taints: [
      { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
    ],
  }),
  status({ ...nodeStatus, conditions: [{ type: 'Ready', status: 'Unknown' }] }),
  table,
);
add('table', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } }, table);
add('table', configMap(meta, { data: { a: 'b' }, binaryData: { c: 'eA==' } }), table);
add('table', { apiVersion: 'v1', kind: 'Secret', metadata: meta, data: { a: 'eA==' } }, table);
add('table', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta }, table);
add(
  'table',
  policy({ podSelector: { matchLabels: { b: 'c', a: 'b' }, matchExpressions: [{ key: 'c', operator: 'Exists' }] } }),
  table,
);
add('table, everything', policy({ podSelector: {} }), table);
add(
  'table',
  slice({
    addressType: 'IPv4',
    endpoints: [
      { addresses: ['10.0.0.1'] },
      { addresses: ['10.0.0.2'] },
      { addresses: ['10.0.0.3'] },
      { addresses: ['10.0.0.4'] },
    ],
    ports: [{ name: 'a', port: 80 }, { name: 'b' }],
  }),
  table,
);
add('table, empty', slice({ addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }] }), table);
add(
  'table',
  {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: meta,
    involvedObject: { kind: 'Pod', name: 'p', namespace: 'default', fieldPath: 'spec.x' },
    reason: 'R',
    message: ' m ',
    type: 'Normal',
    source: { component: 'c', host: 'h' },
    count: 3,
  },
  table,
);
add(
  'table',
  { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: meta, spec: { holderIdentity: 'me' } },
  table,
);
add(
  'table',
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: meta,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' },
    subjects: [
      { kind: 'ServiceAccount', name: 'x', namespace: 'default' },
      { kind: 'User', name: 'y' },
    ],
  },
  table,
);
add(
  'table',
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: meta,
    spec: { template: { spec: { restartPolicy: 'Never', containers: [main] } } },
  },
  table,
);
add(
  'table',
  {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: meta,
    subsets: [
      {
        addresses: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }],
        ports: [
          { port: 80, name: 'a' },
          { port: 81, name: 'b' },
        ],
      },
    ],
  },
  table,
);

export { cases };
