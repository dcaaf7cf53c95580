/** What one node needs: plugins, a configuration, routes to the other nodes' Pods, and masquerading towards the outside. */
import { readFile } from 'node:fs/promises';
import type { Cluster } from '../cluster.ts';
import type { KubeObject } from './kube.ts';

export interface PtpNode {
  name: string;
  podCidr: string;
  address: string;
}

/** Throws for a node that has no Pod range or no address. */
export function ptpNode({ metadata, spec, status }: KubeObject): PtpNode {
  const address = status?.addresses?.find(({ type }: { type: string }) => type === 'InternalIP')?.address as
    | string
    | undefined;
  if (!spec?.podCIDR || !address)
    throw new Error(`node ${metadata.name} has no podCIDR or no InternalIP, and ptp needs both`);
  return { name: metadata.name, podCidr: spec.podCIDR, address };
}

/**
 * host-local keeps its leases on /run, where a restarted node forgets them. STATUS (CNI 1.1) is implemented by ptp and passed
 * through by the others.
 */
export function conflist(podCidr: string): string {
  const ipam = {
    type: 'host-local',
    dataDir: '/run/cni-ipam-state',
    ranges: [[{ subnet: podCidr }]],
    routes: [{ dst: '0.0.0.0/0' }],
  };
  const plugins = [
    // ipMasq would hide Pods from each other: masquerade() does it for what leaves the cluster only
    { type: 'ptp', ipMasq: false, ipam },
    { type: 'portmap', backend: 'nftables', capabilities: { portMappings: true } },
  ];
  return `${JSON.stringify({ cniVersion: '1.1.0', name: 'ptp', plugins }, undefined, 2)}\n`;
}

/** nft text: Pods that talk to anything but Pods and nodes do it with their node's address. */
export function masquerade(clusterCidr: string, nodes: PtpNode[]): string {
  const known = [clusterCidr, ...nodes.map(({ address }) => address)].join(', ');
  return `table ip netvet-ptp {}
delete table ip netvet-ptp
table ip netvet-ptp {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${clusterCidr} ip daddr != { ${known} } masquerade fully-random
  }
}
`;
}

/** One route per other node, as `ip -batch` reads it. */
export const routes = (own: PtpNode, nodes: PtpNode[]): string =>
  nodes
    .filter(({ name }) => name !== own.name)
    .map(({ podCidr, address }) => `route replace ${podCidr} via ${address}\n`)
    .join('');

export type Run = (argv: string[], stdin?: string) => Promise<void>;

/** Runs commands on a node; a command that fails rejects with what it printed. */
export function runnerOn(cluster: Cluster, node: string): Run {
  return async (argv, stdin) => {
    if (!cluster.run)
      throw new Error(
        `ptp is installed by commands on the nodes, and netvet has no access to those of ${cluster.name}`,
      );
    const { exitCode, stdout, stderr } = await cluster.run(node, argv, stdin === undefined ? {} : { stdin });
    if (exitCode !== 0)
      throw new Error(`on ${node}: ${argv.join(' ')}: exit code ${exitCode}: ${(stderr || stdout).trim()}`);
  };
}

/**
 * Puts a program into the node's /opt/cni/bin, by rename: a file that is being run cannot be written. A node that sees this
 * machine's files links to it; any other is sent it.
 */
export async function placeProgram(run: Run, name: string, path: string): Promise<void> {
  const target = `/opt/cni/bin/${name}`;
  const linked = await run([
    'sh',
    '-c',
    'test -x "$1" && ln -sfn "$1" "$2.new" && mv "$2.new" "$2"',
    'sh',
    path,
    target,
  ]).then(
    () => true,
    () => false,
  );
  if (linked) return;
  const content = (await readFile(path)).toString('base64');
  await run(
    [
      'sh',
      '-c',
      'mkdir -p /opt/cni/bin && base64 -d >"$1.new" && chmod 755 "$1.new" && mv "$1.new" "$1"',
      'sh',
      target,
    ],
    content,
  );
}

/** The last step: from then on the node takes Pods. Runtimes act on the rename. */
export async function placeConfiguration(run: Run, podCidr: string): Promise<void> {
  const script = 'mkdir -p /etc/cni/net.d && cat >"$1.new" && mv "$1.new" "$1"';
  await run(['sh', '-c', script, 'sh', '/etc/cni/net.d/10-ptp.conflist'], conflist(podCidr));
}
