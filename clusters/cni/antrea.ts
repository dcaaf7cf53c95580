/** Antrea on Open vSwitch, as its antrea.yml installs it; the nodes' kernel needs the module openvswitch. */
import { renameImage } from './manifest.ts';
import type { Release } from './released.ts';

const version = 'v2.7.0';
const images = ['agent', 'controller'].map((part) => `antrea/antrea-${part}-ubuntu`);

export const release: Release = {
  name: 'antrea',
  version,
  programs: [],
  images: images.map((name) => `docker.io/${name}:${version}`),
  // of Services it does cluster addresses itself, and leaves node ports to kube-proxy unless told otherwise
  kubeProxy: 'nftables',
  runs: 'not here: its images need a registry, and Open vSwitch the kernel',
  // its Go module is not published
  source: {
    url: `https://raw.githubusercontent.com/antrea-io/antrea/${version}/build/yamls/antrea.yml`,
    sha256: '37a414ff6f43502296d9713a75f67ae7e3604bd667cd8449986541ed83a9fae0',
  },
  // in the repository the images are called latest; the release's own copy of the file names the version
  edit: (objects) => {
    for (const name of images) renameImage(objects, `${name}:latest`, `${name}:${version}`);
  },
  daemonSet: { name: 'antrea-agent', namespace: 'kube-system' },
  diagnostics: { switch: ['ovs-vsctl', 'show'] },
};
