import type { UnderlayLink } from '../../model/types.ts';
import type { Run } from '../run.ts';
import { readJson } from './batch.ts';

interface AddressInfo {
  ifname: string;
  mtu: number;
  flags: string[];
  addr_info: { family: string; local: string; prefixlen: number; scope: string }[];
}

/** The node's links that have IPv4 addresses and lead somewhere: not the loopback, nothing that netvet made. */
export async function readUnderlay(run: Run, ownPrefix: string): Promise<UnderlayLink[]> {
  const list = await readJson<AddressInfo>(run, ['ip', '-j', '-4', 'addr', 'show', 'up']);
  return list.flatMap(({ ifname, mtu, flags, addr_info }) => {
    const addresses = addr_info
      .filter(({ family, scope }) => family === 'inet' && scope === 'global')
      .map(({ local, prefixlen }) => ({ address: local, prefixLength: prefixlen }));
    if (flags.includes('LOOPBACK') || ifname.startsWith(ownPrefix) || addresses.length === 0) return [];
    return [{ name: ifname, mtu, addresses }];
  });
}
