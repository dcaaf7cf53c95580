/** No CNI at all: nodes stay NotReady, for those who bring their own or look at what a cluster is without one. */
import type { Cni } from './cni.ts';

export const none: Cni = {
  name: 'none',
  version: '-',
  programs: [],
  images: [],
  kubeProxy: 'none',
  runs: 'here',
  async install() {},
  async ready() {},
  diagnostics: () => ({
    'CNI configuration': ['sh', '-c', 'ls -l /etc/cni/net.d'],
    links: ['ip', '-d', 'link', 'show'],
  }),
};
