import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookUp, respond } from './answer.ts';
import { decode } from './decode.ts';
import { Cluster } from './directory.ts';
import { encode } from './encode.ts';
import { type Message, nameOf, type Resource, rcodes, types } from './message.ts';
import { handle } from './server.ts';

const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
const service = (name: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec,
});
const slice = (name: string, of: string, endpoints: object[], ports: object[] = []) => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace: 'shop', labels: { 'kubernetes.io/service-name': of } },
  addressType: 'IPv4',
  endpoints,
  ports,
});
const http = { name: 'http', protocol: 'TCP', port: 8080 };

function shop(): Cluster {
  const cluster = new Cluster();
  cluster.replace('Namespace', [namespace('shop'), namespace('empty')]);
  cluster.replace('Service', [
    service('web', {
      clusterIP: '10.96.1.1',
      ports: [
        { name: 'http', port: 80, protocol: 'TCP' },
        { name: 'stats', port: 8125, protocol: 'UDP' },
      ],
    }),
    service('db', { clusterIP: 'None', ports: [{ name: 'http', port: 80, protocol: 'TCP' }] }),
    service('nobody', { clusterIP: 'None' }),
    service('portless', { clusterIP: '10.96.1.2', ports: [{ port: 80, protocol: 'TCP' }] }),
    service('alias', { type: 'ExternalName', externalName: 'Web.shop.svc.cluster.local.' }),
    service('outside', { type: 'ExternalName', externalName: 'www.example.org' }),
    service('dangling', { type: 'ExternalName', externalName: 'missing.shop.svc.cluster.local' }),
    service('circle', { type: 'ExternalName', externalName: 'circle.shop.svc.cluster.local' }),
  ]);
  cluster.replace('EndpointSlice', [
    slice('web-1', 'web', [{ addresses: ['10.244.0.9'], conditions: { ready: true } }], [http]),
    slice(
      'db-1',
      'db',
      [
        { addresses: ['10.244.0.2'], hostname: 'db-0', conditions: { ready: true } },
        { addresses: ['10.244.0.3'], conditions: { ready: true } },
        { addresses: ['10.244.0.4'], hostname: 'db-2', conditions: { ready: false } },
      ],
      [http],
    ),
    slice('db-2', 'db', [{ addresses: ['10.244.1.5'], hostname: 'db-3', conditions: {} }], [{ ...http, port: 9090 }]),
    slice('nobody-1', 'nobody', []),
  ]);
  return cluster;
}

const data = (record: Resource): string => {
  if ('unknown' in record) return '?';
  switch (record.type) {
    case types.A:
    case types.AAAA:
      return record.address;
    case types.CNAME:
    case types.PTR:
    case types.NS:
      return record.target.join('.');
    case types.SRV:
      return `${record.priority} ${record.weight} ${record.port} ${record.target.join('.')}`;
    case types.TXT:
      return record.texts.join('|');
    default:
      return record.primary.join('.');
  }
};

/** The answer in short: its data sorted, or NODATA, or the code's name. */
function ask(name: string, type: keyof typeof types, cluster = shop()): string[] | string {
  const { rcode, answers, authorities } = lookUp(cluster, nameOf(name), types[type]);
  const code = Object.entries(rcodes).find(([, value]) => value === rcode)?.[0];
  if (answers.length > 0) {
    const found = answers.map(data).toSorted();
    return rcode === rcodes.noError ? found : [...found, String(code)];
  }
  // a negative answer inside of a zone says how long it holds
  if (rcode === rcodes.noError || authorities.length > 0) assert.equal(authorities[0]?.type, types.SOA, name);
  return rcode === rcodes.noError ? 'NODATA' : String(code);
}

test('Services by name', () => {
  assert.deepEqual(ask('web.shop.svc.cluster.local', 'A'), ['10.96.1.1']);
  assert.deepEqual(ask('WEB.Shop.SVC.cluster.LOCAL', 'A'), ['10.96.1.1']);
  assert.equal(ask('web.shop.svc.cluster.local', 'AAAA'), 'NODATA');
  assert.equal(ask('web.shop.svc.cluster.local', 'TXT'), 'NODATA');
  assert.equal(ask('missing.shop.svc.cluster.local', 'A'), 'nxDomain');
  assert.equal(ask('web.missing.svc.cluster.local', 'A'), 'nxDomain');
  assert.equal(ask('web.empty.svc.cluster.local', 'AAAA'), 'nxDomain');
  assert.equal(ask('x.y.web.shop.svc.cluster.local', 'A'), 'nxDomain');
});

test('headless Services: ready endpoints, each also by its own name', () => {
  assert.deepEqual(ask('db.shop.svc.cluster.local', 'A'), ['10.244.0.2', '10.244.0.3', '10.244.1.5']);
  assert.equal(ask('db.shop.svc.cluster.local', 'AAAA'), 'NODATA');
  assert.deepEqual(ask('db-0.db.shop.svc.cluster.local', 'A'), ['10.244.0.2']);
  assert.deepEqual(ask('10-244-0-3.db.shop.svc.cluster.local', 'A'), ['10.244.0.3']);
  assert.equal(ask('db-2.db.shop.svc.cluster.local', 'A'), 'nxDomain');
  assert.equal(ask('nobody.shop.svc.cluster.local', 'A'), 'nxDomain');
});

test('SRV', () => {
  const web = 'web.shop.svc.cluster.local';
  assert.deepEqual(ask(`_http._tcp.${web}`, 'SRV'), [`0 100 80 ${web}`]);
  assert.deepEqual(ask(`_stats._udp.${web}`, 'SRV'), [`0 100 8125 ${web}`]);
  assert.deepEqual(ask(web, 'SRV'), [`0 100 80 ${web}`, `0 100 8125 ${web}`]);
  assert.equal(ask(`_http._udp.${web}`, 'SRV'), 'nxDomain');
  assert.equal(ask(`_http._tcp.${web}`, 'A'), 'NODATA');
  assert.equal(ask(`_tcp.${web}`, 'SRV'), 'NODATA');
  assert.equal(ask(`_sctp.${web}`, 'SRV'), 'nxDomain');
  assert.equal(ask('_._tcp.portless.shop.svc.cluster.local', 'SRV'), 'nxDomain');
  const db = 'db.shop.svc.cluster.local';
  assert.deepEqual(ask(`_http._tcp.${db}`, 'SRV'), [
    `0 100 8080 10-244-0-3.${db}`,
    `0 100 8080 db-0.${db}`,
    `0 100 9090 db-3.${db}`,
  ]);
  const { additionals } = lookUp(shop(), nameOf(`_http._tcp.${db}`), types.SRV);
  assert.deepEqual(additionals.map((record) => `${record.name[0]} ${data(record)}`).toSorted(), [
    '10-244-0-3 10.244.0.3',
    'db-0 10.244.0.2',
    'db-3 10.244.1.5',
  ]);
});

test('PTR', () => {
  assert.deepEqual(ask('1.1.96.10.in-addr.arpa', 'PTR'), ['web.shop.svc.cluster.local']);
  assert.deepEqual(ask('2.0.244.10.in-addr.arpa', 'PTR'), ['db-0.db.shop.svc.cluster.local']);
  assert.equal(ask('3.0.244.10.in-addr.arpa', 'PTR'), 'nxDomain', 'no host name');
  assert.equal(ask('9.0.244.10.in-addr.arpa', 'PTR'), 'nxDomain', 'not headless');
  assert.equal(ask('96.10.in-addr.arpa', 'PTR'), 'NODATA');
  assert.equal(ask('1.1.96.10.in-addr.arpa', 'A'), 'NODATA');
  assert.equal(ask('1.0.0.0.ip6.arpa', 'PTR'), 'nxDomain');
});

test('CNAME of ExternalName Services, followed inside of the cluster', () => {
  assert.deepEqual(ask('alias.shop.svc.cluster.local', 'A'), ['10.96.1.1', 'Web.shop.svc.cluster.local']);
  assert.deepEqual(ask('alias.shop.svc.cluster.local', 'CNAME'), ['Web.shop.svc.cluster.local']);
  assert.deepEqual(ask('alias.shop.svc.cluster.local', 'AAAA'), ['Web.shop.svc.cluster.local']);
  assert.deepEqual(ask('outside.shop.svc.cluster.local', 'A'), ['www.example.org']);
  assert.deepEqual(ask('dangling.shop.svc.cluster.local', 'A'), ['missing.shop.svc.cluster.local', 'nxDomain']);
  assert.equal(ask('circle.shop.svc.cluster.local', 'A'), 'servFail');
});

test('Pods by address', () => {
  assert.deepEqual(ask('10-244-0-2.shop.pod.cluster.local', 'A'), ['10.244.0.2']);
  assert.equal(ask('10-244-0-2.shop.pod.cluster.local', 'AAAA'), 'NODATA');
  for (const name of [
    '10-244-0-2.missing',
    '10-244-0-256.shop',
    '10-244-0.shop',
    '10-244-00-2.shop',
    'x.10-244-0-2.shop',
  ]) {
    assert.equal(ask(`${name}.pod.cluster.local`, 'A'), 'nxDomain', name);
  }
});

test('the zone itself, the names between it and the Services, and what is outside', () => {
  assert.deepEqual(ask('dns-version.cluster.local', 'TXT'), ['1.1.0']);
  assert.equal(ask('dns-version.cluster.local', 'A'), 'NODATA');
  assert.deepEqual(ask('cluster.local', 'SOA'), ['ns.dns.cluster.local']);
  assert.deepEqual(ask('cluster.local', 'NS'), ['ns.dns.cluster.local']);
  for (const name of [
    'cluster.local',
    'svc.cluster.local',
    'shop.svc.cluster.local',
    'empty.svc.cluster.local',
    'pod.cluster.local',
    'shop.pod.cluster.local',
  ]) {
    assert.equal(ask(name, 'A'), 'NODATA', name);
  }
  for (const name of [
    'other.cluster.local',
    'missing.svc.cluster.local',
    'local',
    'example.org',
    'xcluster.local',
    'web.shop.svc.cluster.local.shop.svc.cluster.local',
  ]) {
    assert.equal(ask(name, 'A'), 'nxDomain', name);
  }
});

test('a Service that changes is followed; one that is gone has no name', () => {
  const cluster = shop();
  cluster.set(
    'EndpointSlice',
    slice('db-1', 'db', [{ addresses: ['10.244.0.7'], conditions: { ready: true } }], [http]),
  );
  assert.deepEqual(ask('db.shop.svc.cluster.local', 'A', cluster), ['10.244.0.7', '10.244.1.5']);
  cluster.set('EndpointSlice', slice('db-2', 'web', []));
  assert.deepEqual(ask('db.shop.svc.cluster.local', 'A', cluster), ['10.244.0.7']);
  cluster.delete('EndpointSlice', slice('db-1', 'db', []));
  assert.equal(ask('db.shop.svc.cluster.local', 'A', cluster), 'nxDomain');
  cluster.delete('Service', service('web', {}));
  assert.equal(ask('web.shop.svc.cluster.local', 'A', cluster), 'nxDomain');
  cluster.replace('Namespace', []);
  assert.equal(ask('portless.shop.svc.cluster.local', 'A', cluster), 'nxDomain');
});

test('an answer may be kept for 30 s, and so may its absence, which the SOA of its zone says (RFC 2308)', () => {
  assert.deepEqual(
    lookUp(shop(), nameOf('web.shop.svc.cluster.local'), types.A).answers.map(({ ttl }) => ttl),
    [30],
  );
  const negative: [string, keyof typeof types, string][] = [
    ['missing.shop.svc.cluster.local', 'A', 'cluster.local'],
    ['web.shop.svc.cluster.local', 'AAAA', 'cluster.local'],
    ['9.0.244.10.in-addr.arpa', 'PTR', 'in-addr.arpa'],
  ];
  for (const [name, type, zone] of negative) {
    const { answers, authorities } = lookUp(shop(), nameOf(name), types[type]);
    const [soa, ...more] = authorities as (Resource & { minimum?: number })[];
    assert.deepEqual([answers, more], [[], []], name);
    assert.deepEqual([soa?.type, soa?.name.join('.'), soa?.ttl, soa?.minimum], [types.SOA, zone, 30, 30], name);
  }
});

const query = (name: string, more: Partial<Message> = {}): Message => ({
  id: 4711,
  response: false,
  opcode: 0,
  authoritative: false,
  truncated: false,
  recursionDesired: true,
  recursionAvailable: false,
  rcode: 0,
  questions: [{ name: nameOf(name), type: types.A, class: 1 }],
  answers: [],
  authorities: [],
  additionals: [],
  edns: undefined,
  ...more,
});

test('an answer repeats the question as it was asked, and says that it is one', () => {
  const answer = respond(shop(), query('Web.shop.svc.cluster.local'));
  assert.deepEqual(
    [
      answer?.id,
      answer?.response,
      answer?.authoritative,
      answer?.recursionDesired,
      answer?.questions[0]?.name[0],
      answer?.answers[0]?.ttl,
    ],
    [4711, true, true, true, 'Web', 30],
  );
  assert.equal(answer?.edns, undefined);
  assert.deepEqual(
    respond(shop(), query('web.shop.svc.cluster.local', { edns: { udpSize: 4096, version: 0 } }))?.edns,
    { udpSize: 1232, version: 0 },
  );
});

test('what is no plain question is refused with its own code; an answer is not answered', () => {
  const code = (more: Partial<Message>) => respond(shop(), query('web.shop.svc.cluster.local', more))?.rcode;
  assert.equal(code({ opcode: 5 }), rcodes.notImp);
  assert.equal(code({ questions: [] }), rcodes.formErr);
  assert.equal(code({ questions: [{ name: ['bind'], type: types.TXT, class: 3 }] }), rcodes.refused);
  assert.equal(code({ edns: { udpSize: 512, version: 1 } }), rcodes.badVers);
  assert.equal(code({ response: true }), undefined);
  assert.equal(handle(shop(), Buffer.from('xy'), 'udp'), undefined);
  const cut = handle(shop(), encode(query('web.shop.svc.cluster.local')).subarray(0, 20), 'udp');
  assert.deepEqual([cut?.readUInt16BE(0), decode(cut as Buffer).rcode], [4711, rcodes.formErr]);
});

test('many endpoints: 512 bytes and TC over UDP, more with EDNS, all over TCP, in another order each time', () => {
  const cluster = shop();
  const endpoints = Array.from({ length: 100 }, (_, i) => ({
    addresses: [`10.244.9.${i}`],
    conditions: { ready: true },
  }));
  cluster.replace('EndpointSlice', [slice('db-1', 'db', endpoints)]);
  const over = (transport: 'udp' | 'tcp', udpSize?: number) => {
    const edns = udpSize === undefined ? undefined : { udpSize, version: 0 };
    const bytes = handle(cluster, encode(query('db.shop.svc.cluster.local', { edns })), transport) as Buffer;
    return { size: bytes.length, ...decode(bytes) };
  };
  const plain = over('udp');
  assert.ok(plain.truncated && plain.size <= 512 && plain.answers.length > 25, `${plain.answers.length}`);
  const wide = over('udp', 4096);
  assert.ok(wide.truncated && wide.size <= 1232 && wide.answers.length > 70, `${wide.answers.length}`);
  assert.ok(over('udp', 100).answers.length > 25, 'less than 512 means 512');
  const whole = over('tcp');
  assert.deepEqual([whole.truncated, new Set(whole.answers.map(data)).size], [false, 100]);
  const firsts = new Set(Array.from({ length: 50 }, () => data(over('udp').answers[0] as Resource)));
  assert.ok(firsts.size > 10);
});
