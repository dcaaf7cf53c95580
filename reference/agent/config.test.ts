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

/** An environment that is right, on a node of its own. */
const right = { NODE_NAME: 'node-1.example', NETVET_API_SERVER: 'https://10.0.0.1:6443', NETVET_HOST_ROOT: root };
const plugin = `${import.meta.dirname}/../plugin`;

/** What is said of these settings, a sentence each. */
function complaints(settings: Record<string, string>): string[] {
  try {
    readConfig({ ...right, ...settings }, plugin, ['policy-none']);
    return [];
  } catch (error) {
    return (error as Error).message.replace("the agent's environment is not usable: ", '').split('; ');
  }
}

test('a duration is no number: it does not become a timer of a millisecond', () => {
  const sentence = 'it has to be milliseconds, a whole number from 100 to 86400000';
  for (const value of ['30s', '', '0', '1', '-5', '1e3', '0x1000', '2147483648', 'Infinity', '30000.5']) {
    assert.deepEqual(complaints({ NETVET_RESYNC_MS: value }), [`NETVET_RESYNC_MS is "${value}": ${sentence}`]);
  }
  assert.equal(readConfig({ ...right, NETVET_RESYNC_MS: '200' }, plugin).resyncMs, 200);
});

test('each wrong setting is named with its right form, all at once', () => {
  const wrong = {
    NODE_NAME: 'Node 1',
    NETVET_HOST_ROOT: 'proc/1/root',
    NETVET_API_SERVER: 'https://rancher.example/k8s/clusters/c-1',
    NETVET_FABRIC: '',
    NETVET_MUTANT: 'policy-nine',
    NETVET_HOST_PREFIX: "sh -c 'exec'",
    NETVET_PLUGIN_FILE: '/no/such/file',
    NETVET_HEALTH_PORT: '',
    NETVET_RESYNC_MS: '30s',
    NETVET_CLUSTER_CIDRS: '10.244.0.0/16,10.245.0.0',
  };
  const said = complaints(wrong);
  assert.deepEqual(
    said.map((sentence) => sentence.match(/^(\S+ is|the API server is)/)?.[0]),
    Object.keys(wrong).map((name) => (name === 'NETVET_API_SERVER' ? 'the API server is' : `${name} is`)),
  );
  for (const sentence of said) assert.match(sentence, /^.+ is ".*": .*has to be .+/);
  for (const [name, value] of Object.entries(wrong)) assert.equal(complaints({ [name]: value }).length, 1, name);
});

test('what is right is taken as it is', () => {
  const settings = {
    NETVET_FABRIC: 'vxlan',
    NETVET_MUTANT: 'policy-none',
    NETVET_HOST_PREFIX: '',
    NETVET_HOST_ROOT: `${root}/`,
    NETVET_HEALTH_PORT: '9099',
    NETVET_CLUSTER_CIDRS: '10.244.0.0/16, fd00:10::/48',
  };
  const config = readConfig({ ...right, ...settings }, plugin, ['policy-none']);
  assert.deepEqual(
    [config.fabric, config.mutant, config.hostPrefix, config.hostRoot, config.healthPort, config.clusterCidrs],
    ['vxlan', 'policy-none', [], root, 9099, ['10.244.0.0/16', 'fd00:10::/48']],
  );
});
