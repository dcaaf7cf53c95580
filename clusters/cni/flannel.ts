/** flannel with VXLAN, as its release's kube-flannel.yml installs it. No policies; Services are kube-proxy's. */
import { ownImages } from '../offline/images/cni.ts';
import { flannelRecipe } from '../offline/images/flannel.ts';
import { placeProgram, runnerOn } from './node.ts';
import type { Release } from './released.ts';
import { tool } from './tool.ts';

const version = 'v0.28.10';
const daemon = `ghcr.io/flannel-io/flannel:${version}`;
const plugin = 'ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel3';

export const release: Release = {
  name: 'flannel',
  version,
  // it delegates to the bridge plugin, which kind's node images do not have
  programs: ['bridge'],
  images: [plugin, daemon],
  ownImages: ownImages(flannelRecipe({ version, daemon, plugin })),
  kubeProxy: 'nftables',
  runs: 'here',
  source: {
    module: 'github.com/flannel-io/flannel',
    version,
    sum: 'h1:jt+uW6XVV01MBb3YFahG7Ue9UE3W6zlNlJMf3JtdcXI=',
    path: 'Documentation/kube-flannel.yml',
  },
  daemonSet: { name: 'kube-flannel-ds', namespace: 'kube-flannel' },
  diagnostics: {
    subnet: ['cat', '/run/flannel/subnet.env'],
    leases: ['sh', '-c', 'tail -n +1 /var/lib/cni/networks/cbr0/*'],
  },
  async before(cluster, kube) {
    if (!cluster.run) return;
    const [bridge, nodes] = await Promise.all([tool('bridge'), kube.nodes()]);
    await Promise.all(nodes.map(({ metadata }) => placeProgram(runnerOn(cluster, metadata.name), 'bridge', bridge)));
  },
};
