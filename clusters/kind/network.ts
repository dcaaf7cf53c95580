/** The network that a cluster's nodes are on: a bridge of its own, with addresses that stay when a node restarts. */
import { readFile } from 'node:fs/promises';
import { BlockList, isIPv4 } from 'node:net';
import type Docker from 'dockerode';
import { label } from './labels.ts';
import { scopedName } from './names.ts';

export interface Subnet {
  /** Like 10.201.3.0/24. */
  cidr: string;
  gateway: string;
  /** Address of the n-th node, from 0. */
  node: (n: number) => string;
}

/** One of 256. They are private, and none that Docker itself, Kubernetes or cloud machines are used to have. */
export function subnet(n: number): Subnet {
  const base = `10.201.${n}`;
  return { cidr: `${base}.0/24`, gateway: `${base}.1`, node: (i) => `${base}.${i + 2}` };
}

/** Whether two ranges like 10.1.0.0/16 share addresses: then one of them holds any address of the other. */
function overlap(a: string, b: string): boolean {
  const holds = (range: string, other: string) => {
    const [address = '', bits = '32'] = range.split('/');
    const list = new BlockList();
    list.addSubnet(address, Number(bits));
    return list.check(other.split('/')[0] as string);
  };
  return holds(a, b) || holds(b, a);
}

/** The first subnet that meets none of these ranges. A default route meets everything and is left out. */
export function freeSubnet(taken: string[]): Subnet {
  const ranges = taken.filter((cidr) => !cidr.endsWith('/0') && isIPv4(cidr.split('/')[0] as string));
  for (let n = 0; n < 256; n += 1) if (!ranges.some((range) => overlap(range, subnet(n).cidr))) return subnet(n);
  throw new Error(
    'no free subnet is left in 10.201.0.0/16: delete clusters (netvet cluster list) or networks that are there',
  );
}

/** Destinations of /proc/net/route, which has addresses as little-endian hexadecimal numbers. */
export function routesIn(text: string): string[] {
  const dotted = (hex: string) => [6, 4, 2, 0].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)).join('.');
  const ones = (hex: string) => Number.parseInt(hex, 16).toString(2).replaceAll('0', '').length;
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/))
    .map((fields) => `${dotted(fields[1] ?? '')}/${ones(fields[7] ?? '0')}`);
}

/** Makes the cluster's network. Another command may take the same subnet at the same time: then the next is tried. */
export async function createNetwork(docker: Docker, cluster: string, labels: Record<string, string>): Promise<Subnet> {
  const refused: string[] = [];
  for (;;) {
    const networks = await docker.listNetworks();
    const taken = networks.flatMap(({ IPAM }) => (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []));
    const routes = routesIn(await readFile('/proc/net/route', 'utf8').catch(() => ''));
    const chosen = freeSubnet([...taken, ...routes, ...refused]);
    try {
      await docker.createNetwork({
        Name: scopedName(cluster),
        Driver: 'bridge',
        CheckDuplicate: true,
        Labels: { ...labels, [label.cluster]: cluster },
        IPAM: { Driver: 'default', Config: [{ Subnet: chosen.cidr, Gateway: chosen.gateway }] },
      });
      return chosen;
    } catch (error) {
      if (!/overlap/i.test((error as Error).message)) throw error;
      refused.push(chosen.cidr);
    }
  }
}
