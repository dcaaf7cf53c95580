import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ciliumValues } from './cilium.ts';

test('in place of kube-proxy Cilium is told where the API server is; beside it, it leaves Services alone', () => {
  const server = 'https://172.18.0.2:6443';
  const alone = ciliumValues({ kubeProxy: 'none', server, built: true }) as Record<string, unknown>;
  assert.equal(alone['kubeProxyReplacement'], true);
  assert.deepEqual([alone['k8sServiceHost'], alone['k8sServicePort']], ['172.18.0.2', '6443']);
  assert.deepEqual(alone['image'], { useDigest: false, pullPolicy: 'Never' });
  const beside = ciliumValues({ kubeProxy: 'iptables', server, built: false }) as Record<string, unknown>;
  assert.equal(beside['kubeProxyReplacement'], false);
  assert.equal(beside['k8sServiceHost'], undefined);
  // official images go by their digest
  assert.deepEqual(beside['image'], {});
});
