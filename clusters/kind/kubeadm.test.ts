import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { bootstrapToken, type KubeadmOptions, kubeadmConfig, withoutUpstream } from './kubeadm.ts';

const base: KubeadmOptions = {
  cluster: 'dev',
  kubernetes: 'v1.34.3',
  controlPlane: '10.201.0.2',
  node: '10.201.0.3',
  token: 'abcdef.0123456789abcdef',
  kubeProxy: 'none',
  machine: { cgroups: 2, sysResource: true },
};

// biome-ignore lint/suspicious/noExplicitAny: documents of five kinds
const documents = (options: Partial<KubeadmOptions> = {}): Record<string, any> =>
  Object.fromEntries(
    parseAllDocuments(kubeadmConfig({ ...base, ...options })).map((each) => {
      const document = each.toJS();
      return [document.kind, document];
    }),
  );

it('has one document for each of what kubeadm, kubelets and kube-proxy read', () => {
  assert.deepEqual(Object.keys(documents()), [
    'ClusterConfiguration',
    'InitConfiguration',
    'JoinConfiguration',
    'KubeletConfiguration',
    'KubeProxyConfiguration',
  ]);
});

it('joins the node at its own address to the control plane at its', () => {
  const { JoinConfiguration, InitConfiguration, ClusterConfiguration } = documents();
  assert.equal(JoinConfiguration.discovery.bootstrapToken.apiServerEndpoint, '10.201.0.2:6443');
  assert.equal(JoinConfiguration.discovery.bootstrapToken.token, InitConfiguration.bootstrapTokens[0].token);
  assert.deepEqual(JoinConfiguration.nodeRegistration.kubeletExtraArgs, [{ name: 'node-ip', value: '10.201.0.3' }]);
  assert.equal(InitConfiguration.localAPIEndpoint.advertiseAddress, '10.201.0.2');
  assert.ok(ClusterConfiguration.apiServer.certSANs.includes('10.201.0.2'));
});

it('leaves a machine of today with the defaults', () => {
  const { KubeletConfiguration, KubeProxyConfiguration } = documents();
  assert.equal(KubeletConfiguration.cgroupDriver, 'systemd');
  assert.ok(!('failCgroupV1' in KubeletConfiguration) && !('featureGates' in KubeletConfiguration));
  assert.ok(!('oomScoreAdj' in KubeProxyConfiguration) && !('mode' in KubeProxyConfiguration));
});

it('tells kubelets about cgroup v1 and a capability that is withheld', () => {
  const machine = { cgroups: 1, sysResource: false } as const;
  const { KubeletConfiguration, KubeProxyConfiguration } = documents({ machine, kubeProxy: 'nftables' });
  assert.equal(KubeletConfiguration.cgroupDriver, 'cgroupfs');
  assert.equal(KubeletConfiguration.failCgroupV1, false);
  assert.deepEqual(KubeletConfiguration.featureGates, { KubeletInUserNamespace: true });
  assert.equal(KubeProxyConfiguration.oomScoreAdj, 0);
  assert.equal(KubeProxyConfiguration.mode, 'nftables');
});

it('names images only where they are not what kubeadm expects', () => {
  assert.ok(!('dns' in documents().ClusterConfiguration));
  const { ClusterConfiguration } = documents({ etcdTag: '3.6.15-0', dnsTag: 'v1.12.4' });
  assert.equal(ClusterConfiguration.etcd.local.imageTag, '3.6.15-0');
  assert.equal(ClusterConfiguration.dns.imageTag, 'v1.12.4');
});

it('makes tokens of the form that kubeadm takes', () => {
  const token = bootstrapToken((count) => Uint8Array.from({ length: count }, (_, i) => i * 11));
  assert.match(token, /^[a-z0-9]{6}\.[a-z0-9]{16}$/);
});

/** As kubeadm 1.34 writes it. */
const corefile = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`;

it('takes forwarding and its loop check out of a Corefile, and nothing else', () => {
  const result = withoutUpstream(corefile);
  assert.doesNotMatch(result, /forward|max_concurrent|loop/);
  const kept = corefile.split('\n').filter((line) => !/forward|max_concurrent|^ {4}loop$/.test(line));
  assert.equal(result.split('\n').length, kept.length - 1); // the closing brace of forward
  assert.match(result, /prometheus :9153\n {4}cache 30 \{/);
  assert.equal(withoutUpstream(result), result);
});
