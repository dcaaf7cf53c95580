/** What nodes need of the kernel, which is the machine's. */
import { type Finding, good } from './finding.ts';

/** Feature -> a command that works in a fresh network namespace where the kernel has it, or can load it. */
export const kernelFeatures: Record<string, string> = {
  nf_tables: 'nft add table inet probe',
  'nf_tables NAT': "nft add table ip nat0 && nft add chain ip nat0 c '{ type nat hook postrouting priority 100; }'",
  veth: 'ip link add probe0 type veth peer name probe1',
  bridge: 'ip link add bridge0 type bridge',
  vxlan: 'ip link add vxlan0 type vxlan id 7 dstport 4789',
};

/** `lacking`: names of features, as far as could be found out. `overlay`: whether /proc/filesystems has it. */
export function kernel(lacking: string[], overlay: boolean): Finding {
  const all = [...(overlay ? [] : ['overlay']), ...lacking];
  if (all.length === 0) return good('kernel features', 'overlay, nf_tables, veth, bridge, vxlan');
  return {
    // modules may be loaded by root only, and the engine is root where this is not
    level: 'limited',
    name: 'kernel features',
    found: `not there: ${all.join(', ')}`,
    remedy: 'sudo modprobe -a overlay nf_tables nft_chain_nat veth bridge vxlan (where they are modules)',
  };
}
