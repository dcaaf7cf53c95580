/** flannel with VXLAN, as its release's kube-flannel.yml installs it. No policies; Services are kube-proxy's. */
import { flannelImages } from '../offline/images/flannel.ts';
import { flannelImage, manifest, pluginImage, version } from './flannel/version.ts';
import { placeProgram, runnerOn } from './node.ts';
import { tool } from './tool.ts';
import { type Release, released } from './released.ts';

export const release: Release = {
  name: 'flannel',
  version,
  // it delegates to the bridge plugin, which kind's node images do not have
  programs: ['bridge'],
  images: [pluginImage, flannelImage],
  ownImages: flannelImages,
  kubeProxy: 'nftables',
  runs: 'here',
  source: manifest,
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
