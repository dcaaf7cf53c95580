import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { V1DaemonSet } from '@kubernetes/client-node';
import { installedIn } from './installed.ts';

function set(
  name: string,
  image: string,
  options: { labels?: Record<string, string>; mounts?: string } = {},
): V1DaemonSet {
  const { labels = {}, mounts } = options;
  const volumes = mounts === undefined ? [] : [{ name: 'v', hostPath: { path: mounts } }];
  const spec = { hostNetwork: true, containers: [{ name: 'c', image }], volumes };
  return { metadata: { name, labels }, spec: { selector: {}, template: { spec } } };
}

const proxy = set('kube-proxy', 'registry.k8s.io/kube-proxy:v1.34.3');

test('a CNI is known by its DaemonSet, its version by a label or the tag of its image', () => {
  const found = (...sets: V1DaemonSet[]) => Object.values(installedIn([proxy, ...sets])).join(' ');
  assert.equal(found(set('cilium', 'quay.io/cilium/cilium:v1.18.4@sha256:abc')), 'cilium v1.18.4');
  assert.equal(found(set('calico-node', 'localhost:5000/calico/node')), 'calico unknown');
  assert.equal(found(set('netvet-cni', 'node:24')), 'reference unknown');
  const labels = { 'app.kubernetes.io/version': '0.1.0' };
  assert.equal(found(set('netvet-cni', 'node:24', { labels })), 'reference 0.1.0');
});

test('an unknown one goes by the name of what looks like its agent; nothing is made up', () => {
  assert.deepEqual(installedIn([proxy, set('ours', 'ours:7', { mounts: '/etc/cni/net.d' })]), {
    name: 'ours',
    version: '7',
  });
  assert.deepEqual(installedIn([proxy]), { name: 'unknown', version: 'unknown' });
  assert.equal(installedIn([set('constructor', 'x:1')]).name, 'unknown');
});
