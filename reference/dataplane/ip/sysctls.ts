import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Writes the kernel settings of the node's network namespace, which is the agent's own (it runs with hostNetwork). `root` is where
 * the node's files are: the agent's own /proc/sys is read-only in a container. Returns whether the value is there now.
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

/** A Pod must not send from an address that leads elsewhere: policies go by addresses. */
export const antiSpoofing = (link: string) => `net/ipv4/conf/${link}/rp_filter`;
