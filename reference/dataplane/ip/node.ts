/** The node itself: its settings and its links. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { LinkSetting } from '../../model/spoofing.ts';
import type { UnderlayLink } from '../../model/types.ts';
import type { Run } from '../run.ts';
import { readJson } from './batch.ts';

/**
 * Writes the kernel settings of the node's network namespace, which is the agent's own (it runs with hostNetwork).
 * `root` is where the node's files are: a container's own /proc/sys is read-only. Returns whether the value is there.
 */
export function setSysctl(root: string, name: string, value: string): boolean {
  const file = `${root}/proc/sys/${name}`;
  try {
    if (readFileSync(file, 'utf8').trim() !== value) writeFileSync(file, value);
    return true;
  } catch {
    return false;
  }
}

/** Writes the settings of one link. Returns those that it could not; a kernel without IPv6 has none of it to set. */
export function setLink(root: string, link: string, settings: LinkSetting[]): string[] {
  const there = settings.filter(({ family }) => existsSync(`${root}/proc/sys/net/${family}/conf`));
  const names = there.map(({ family, name, value }) => [`net/${family}/conf/${link}/${name}`, value] as const);
  return names.flatMap(([name, value]) => (setSysctl(root, name, value) ? [] : [`${name}=${value}`]));
}

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
