/** Who this agent is: its name, its id, its clock and its addresses. */
import { fs, os } from './builtin.ts';

export const me = process.env['NETVET_NAME'] ?? os().hostname();
/** This process and no other: Pods of different namespaces may have one name. */
export const id = Math.random().toString(36).slice(2);
export const startedAt = performance.now();
export const now = (): number => performance.now();

export const ownAddresses = (): string[] =>
  Object.values(os().networkInterfaces()).flatMap((all) =>
    (all ?? []).filter((one) => !one.internal && !one.address.startsWith('fe80:')).map((one) => one.address),
  );

/** MTU of the first interface that has an address. /proc/sys/net shows the reader's own namespace, /sys the mount's. */
export function mtu(): number {
  const [name] =
    Object.entries(os().networkInterfaces()).find(([, all]) =>
      all?.some((one) => !one.internal && one.family === 'IPv4'),
    ) ?? [];
  for (const path of [`/proc/sys/net/ipv6/conf/${name}/mtu`, `/sys/class/net/${name}/mtu`]) {
    try {
      return Number(fs().readFileSync(path, 'utf8'));
    } catch {
      // try the other
    }
  }
  return 0;
}
