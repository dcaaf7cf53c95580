/** Calico with VXLAN, as its release's calico-vxlan.yaml installs it. */
import { podCidr } from '../cluster.ts';
import { setEnvironment } from './manifest.ts';
import type { Release } from './released.ts';

const version = 'v3.32.1';

export const release: Release = {
  name: 'calico',
  version,
  programs: [],
  images: ['cni', 'node', 'kube-controllers'].map((name) => `quay.io/calico/${name}:${version}`),
  kubeProxy: 'nftables',
  runs: 'not here: its images need a registry',
  // its Go module is not published
  source: {
    url: `https://raw.githubusercontent.com/projectcalico/calico/${version}/manifests/calico-vxlan.yaml`,
    sha256: 'c2ab4f9a4ecde01d66e6f040d6745cd7f174d5ded573164c809ffb9f40a9d566',
  },
  edit: (objects) => setEnvironment(objects, 'calico-node', { CALICO_IPV4POOL_CIDR: podCidr }),
  daemonSet: { name: 'calico-node', namespace: 'kube-system' },
  diagnostics: { 'iptables rules': ['iptables-save'], 'ip sets': ['ipset', 'list'] },
};
