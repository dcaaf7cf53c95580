import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../kinds.ts';
import { hostsFile, resolvConf } from './hosts.ts';

const dns = { server: '10.96.0.10', domain: 'cluster.local' };
const pod = (spec: object): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { containers: [], nodeName: 'node1', ...spec },
});

test('resolv.conf by policy', () => {
  const cluster =
    'search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n';
  assert.equal(resolvConf(pod({}), dns), cluster);
  assert.equal(resolvConf(pod({ hostNetwork: true, dnsPolicy: 'ClusterFirst' }), dns), '');
  assert.equal(resolvConf(pod({ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }), dns), cluster);
  const dnsConfig = {
    nameservers: ['1.2.3.4'],
    searches: ['example.org', 'cluster.local'],
    options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
  };
  assert.equal(
    resolvConf(pod({ dnsPolicy: 'None', dnsConfig }), dns),
    'search example.org cluster.local\nnameserver 1.2.3.4\noptions ndots:2 edns0\n',
  );
  assert.equal(
    resolvConf(pod({ dnsConfig }), dns),
    'search shop.svc.cluster.local svc.cluster.local cluster.local example.org\n' +
      'nameserver 10.96.0.10\nnameserver 1.2.3.4\noptions ndots:2 edns0\n',
  );
});

test('hosts names the Pod, with its subdomain, and its aliases', () => {
  assert.match(hostsFile(pod({}), '10.244.0.2', dns), /^10\.244\.0\.2\tweb$/m);
  const named = pod({ hostname: 'db-0', subdomain: 'db', hostAliases: [{ ip: '9.9.9.9', hostnames: ['a', 'b'] }] });
  assert.match(
    hostsFile(named, '10.244.0.2', dns),
    /^10\.244\.0\.2\tdb-0\.db\.shop\.svc\.cluster\.local\tdb-0\n9\.9\.9\.9\ta\tb\n$/m,
  );
});
