/**
 * The simplest CNI that there is: containernetworking's ptp, host-local and portmap, static routes between nodes,
 * kube-proxy for Services, and no policies. It shows that the suite does not know which CNI it is on.
 */
import { type Cluster, podCidr as clusterCidr } from '../cluster.ts';
import type { KubeObject } from './kube.ts';
import { image as kubeProxyImage, type Mode } from './kube-proxy.ts';
import { placeProgram, runnerOn } from './node.ts';
import { applied } from './released.ts';
import { tool } from './tool.ts';

const programs = ['ptp', 'host-local', 'portmap', 'loopback'];

interface PtpNode {
  name: string;
  podCidr: string;
  address: string;
}

/** Throws for a node that has no Pod range or no address. */
export function ptpNode({ metadata, spec, status }: KubeObject): PtpNode {
  const addresses = (status?.addresses ?? []) as { type: string; address: string }[];
  const address = addresses.find(({ type }) => type === 'InternalIP')?.address;
  if (!spec?.podCIDR || !address)
    throw new Error(`node ${metadata.name} has no podCIDR or no InternalIP, and ptp needs both`);
  return { name: metadata.name, podCidr: spec.podCIDR, address };
}

/** host-local keeps its leases on /run, where a restarted node forgets them. */
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
export function masquerade(nodes: PtpNode[]): string {
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

async function installOn(cluster: Cluster, node: PtpNode, nodes: PtpNode[], paths: string[]): Promise<void> {
  const run = runnerOn(cluster, node.name);
  for (const [i, name] of programs.entries()) await placeProgram(run, name, paths[i] as string);
  await run(['ip', '-batch', '-'], routes(node, nodes));
  await run(['nft', '-f', '-'], masquerade(nodes));
  // the last step: from then on the node is schedulable. Runtimes act on the rename
  const script = 'mkdir -p /etc/cni/net.d && cat >"$1.new" && mv "$1.new" "$1"';
  await run(['sh', '-c', script, 'sh', '/etc/cni/net.d/10-ptp.conflist'], conflist(node.podCidr));
}

/** ptp with a kube-proxy in this mode. */
export const ptpCni = (mode: Mode) =>
  applied({
    name: mode === 'nftables' ? 'ptp' : `ptp-${mode}`,
    version: 'v1.9.1',
    programs: [...programs, 'kube-proxy'],
    images: [kubeProxyImage],
    kubeProxy: mode,
    runs: 'here',
    async before(cluster, kube) {
      const [nodes, ...paths] = await Promise.all([
        kube.nodes().then((all) => all.map(ptpNode)),
        // the last of them is only built here: an embedded cluster finds it by its image's name
        ...[...programs, 'kube-proxy'].map((name) => tool(name)),
      ]);
      await Promise.all(nodes.map((node) => installOn(cluster, node, nodes, paths)));
    },
    objects: async () => [],
    daemonSet: { name: 'kube-proxy' },
    diagnostics: {
      leases: ['sh', '-c', 'tail -n +1 /run/cni-ipam-state/ptp/*'],
      'kube-proxy health': ['curl', '-sS', 'http://127.0.0.1:10256/healthz'],
    },
  });
