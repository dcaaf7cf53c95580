import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { after, test } from 'node:test';
import { kubeletServer, readConfig } from './config.ts';

const root = mkdtempSync(`${tmpdir()}/netvet-config-`);
after(() => rmSync(root, { recursive: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(root + path), { recursive: true });
  writeFileSync(root + path, text);
}

const kubeconfig = (server: string) => `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: c2VydmVyOiBodHRwOi8vbm93aGVyZQ==
    server: ${server}
  name: default-cluster
`;

test('without a URL the API server is the one of the node’s kubelet; a URL that is given counts more', () => {
  const env = { NODE_NAME: 'n', NETVET_HOST_ROOT: root };
  assert.throws(() => readConfig(env, '/netvet'), /NETVET_API_SERVER is not set.*\/etc\/kubernetes\/kubelet\.conf/);
  put('/var/lib/kubelet/kubeconfig', kubeconfig('"https://lb.example:443"'));
  assert.equal(readConfig(env, '/netvet').apiServer, 'https://lb.example:443');
  put('/etc/kubernetes/kubelet.conf', kubeconfig('https://172.18.0.2:6443'));
  assert.equal(readConfig(env, '/netvet').apiServer, 'https://172.18.0.2:6443');
  assert.equal(readConfig({ ...env, NETVET_API_SERVER: 'http://10.0.0.1' }, '/netvet').apiServer, 'http://10.0.0.1');
});

test('a kubeconfig in JSON is read too; one without a server is passed over', () => {
  put('/etc/kubernetes/kubelet.conf', 'apiVersion: v1\nclusters: []\n');
  put('/var/lib/kubelet/kubeconfig', JSON.stringify({ clusters: [{ cluster: { server: 'https://a:6443' } }] }));
  assert.equal(kubeletServer(root), 'https://a:6443');
});

test('everything that is wrong with the environment is said at once', () => {
  const env = { NETVET_API_SERVER: 'somewhere', NETVET_FABRIC: 'ipip', NETVET_HEALTH_PORT: 'x' };
  assert.throws(() => readConfig(env, '/netvet'), /NODE_NAME.*NETVET_API_SERVER.*NETVET_FABRIC.*NETVET_HEALTH_PORT/);
});
