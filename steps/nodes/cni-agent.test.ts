import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { KubeObject } from '../kube/index.ts';
import { isCniAgent } from './cni-agent.ts';

function pod(owner: string, hostNetwork: boolean, paths: string[]): KubeObject {
  const volumes = paths.map((path) => ({ name: 'v', hostPath: { path } }));
  const metadata = { name: 'agent', namespace: 'kube-system', ownerReferences: [{ kind: owner }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { hostNetwork, volumes } };
}

const cases: [string, boolean, KubeObject][] = [
  ['kindnet', true, pod('DaemonSet', true, ['/etc/cni/net.d', '/run/xtables.lock'])],
  ['calico-node', true, pod('DaemonSet', true, ['/lib/modules', '/opt/cni/bin', '/etc/cni/net.d'])],
  ['flannel on k3s', true, pod('DaemonSet', true, ['/var/lib/rancher/k3s/agent/etc/cni/net.d'])],
  ['kube-proxy', false, pod('DaemonSet', true, ['/run/xtables.lock', '/lib/modules'])],
  ['a Deployment of a CNI', false, pod('ReplicaSet', true, ['/etc/cni/net.d'])],
  ['a DaemonSet in the Pod network', false, pod('DaemonSet', false, ['/etc/cni/net.d'])],
  ['a directory that only sounds like it', false, pod('DaemonSet', true, ['/var/lib/cnidata'])],
];
for (const [name, expected, object] of cases) {
  it(`${name}: ${expected ? 'a' : 'no'} CNI agent`, () => assert.equal(isCniAgent(object), expected));
}
