/** flannel with VXLAN, as its release's kube-flannel.yml installs it. No policies; Services are kube-proxy's. */
import { placeProgram, runnerOn } from './ptp/node.ts';
import { tool } from './ptp/tools.ts';
import { type Release, released } from './released.ts';

export const release: Release = {
  name: 'flannel',
  version: 'v0.28.10',
  claims: { networkPolicy: false, services: true, hostPort: true },
  // it delegates to the bridge plugin, which kind's node images do not have
  programs: ['bridge'],
  images: ['ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel3', 'ghcr.io/flannel-io/flannel:v0.28.10'],
  kubeProxy: 'nftables',
  runs: 'not here: its images need a registry',
  source: {
    module: 'github.com/flannel-io/flannel',
    version: 'v0.28.10',
    sum: 'h1:jt+uW6XVV01MBb3YFahG7Ue9UE3W6zlNlJMf3JtdcXI=',
    path: 'Documentation/kube-flannel.yml',
  },
  daemonSet: { name: 'kube-flannel-ds', namespace: 'kube-flannel' },
  diagnostics: {
    subnet: ['cat', '/run/flannel/subnet.env'],
    leases: ['sh', '-c', 'tail -n +1 /var/lib/cni/networks/cbr0/*'],
  },
  async before(cluster, nodes) {
    if (!cluster.run) return;
    const bridge = await tool('bridge');
    await Promise.all(nodes.map(({ metadata }) => placeProgram(runnerOn(cluster, metadata.name), 'bridge', bridge)));
  },
};

export const flannel = released(release);
