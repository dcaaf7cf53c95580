/** flannel's two images: its daemon and its plugin from Go modules, and Debian for iptables, nft and cp. */
import { join } from 'node:path';
import type { Recipe } from './cni.ts';

/**
 * The plugin's last version among the CNI project's own plugins: not every module proxy has later ones, which take
 * several networks in place of one.
 */
export const builtPlugin = 'v0.9.1';

const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** Ten minutes from nothing, most for the daemon. `daemon`, `plugin`: names of the images. */
export const flannelRecipe = (release: { version: string; daemon: string; plugin: string }): Recipe => ({
  name: 'flannel',
  version: `${release.version}-${builtPlugin}`,
  programs: ['flanneld', 'flannel-install-conf', 'flannel'],
  root: { packages: ['iptables', 'nftables', 'iproute2', 'ca-certificates'] },
  async images({ root, layer, place }) {
    const daemon = await layer('daemon', async (folder) => {
      await place('flanneld', join(folder, 'opt/bin/flanneld'));
      await place('flannel-install-conf', join(folder, 'opt/bin/install-conf'));
    });
    const plugin = await layer('plugin', (folder) => place('flannel', join(folder, 'flannel')));
    return [
      { reference: release.daemon, layers: [root, daemon], environment, entrypoint: ['/opt/bin/flanneld'] },
      { reference: release.plugin, layers: [root, plugin], environment },
    ];
  },
});
