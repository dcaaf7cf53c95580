import type { Source } from '../source.ts';

export const version = 'v0.28.10';

export const manifest: Source = {
  module: 'github.com/flannel-io/flannel',
  version,
  sum: 'h1:jt+uW6XVV01MBb3YFahG7Ue9UE3W6zlNlJMf3JtdcXI=',
  path: 'Documentation/kube-flannel.yml',
};

export const flannelImage = `ghcr.io/flannel-io/flannel:${version}`;
export const pluginImage = 'ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel3';

/**
 * The plugin that netvet builds: its last version among the CNI project's own plugins, because not every module proxy has the later ones.
 * Those take several networks in place of one, which netvet's clusters have not, and on DEL forgive a record that cannot be read.
 */
export const builtPlugin = 'v0.9.1';
