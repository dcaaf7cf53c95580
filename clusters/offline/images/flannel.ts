/** flannel's two images: its daemon and its plugin from Go modules, and Debian for iptables, nft and cp. */
import { join } from 'node:path';
import { ownImages, type Recipe } from './cni.ts';
import { builtPlugin, flannelImage, pluginImage, version } from '../../cni/flannel/version.ts';

const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** Ten minutes from nothing, most for the daemon. */
export const flannelRecipe: Recipe = {
  name: 'flannel',
  version: `${version}-${builtPlugin}`,
  programs: ['flanneld', 'flannel-install-conf', 'flannel'],
  root: { packages: ['iptables', 'nftables', 'iproute2', 'ca-certificates'] },
  async images({ root, layer, place }) {
    const daemon = await layer('daemon', async (folder) => {
      await place('flanneld', join(folder, 'opt/bin/flanneld'));
      await place('flannel-install-conf', join(folder, 'opt/bin/install-conf'));
    });
    const plugin = await layer('plugin', (folder) => place('flannel', join(folder, 'flannel')));
    return [
      { reference: flannelImage, layers: [root, daemon], environment, entrypoint: ['/opt/bin/flanneld'] },
      { reference: pluginImage, layers: [root, plugin], environment },
    ];
  },
};

export const flannelImages = ownImages(flannelRecipe);
