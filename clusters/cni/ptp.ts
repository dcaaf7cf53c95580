/**
 * The simplest CNI that there is: containernetworking's ptp, host-local and portmap, static routes between nodes, kube-proxy for
 * Services, and no policies. It shows that the suite does not know which CNI it is on.
 */
import type { Cluster } from '../cluster.ts';
import type { Cni } from './cni.ts';
import { Kube } from './kube.ts';
import { image as kubeProxyImage, kubeProxyManifest, type Mode } from './kube-proxy.ts';
import { masquerade, type PtpNode, placeConfiguration, placeProgram, ptpNode, routes, runnerOn } from './node.ts';
import { tool } from './tool.ts';
import { daemonSetReady, nodesReady } from './ready.ts';

const programs = ['ptp', 'host-local', 'portmap', 'loopback'];

/** The range that all nodes' Pod ranges are parts of. */
const clusterCidr = '10.244.0.0/16';

async function installOn(
  cluster: Cluster,
  node: PtpNode,
  nodes: PtpNode[],
  paths: Record<string, string>,
): Promise<void> {
  const run = runnerOn(cluster, node.name);
  for (const [name, path] of Object.entries(paths)) await placeProgram(run, name, path);
  await run(['ip', '-batch', '-'], routes(node, nodes));
  await run(['nft', '-f', '-'], masquerade(clusterCidr, nodes));
  await placeConfiguration(run, node.podCidr);
}

/** ptp with a kube-proxy in this mode. */
export const ptpCni = (mode: Mode): Cni => ({
  name: mode === 'nftables' ? 'ptp' : `ptp-${mode}`,
  version: 'v1.9.1',
  programs: [...programs, 'kube-proxy'],
  images: [kubeProxyImage],
  kubeProxy: mode,
  runs: 'here',

  async install(cluster) {
    const kube = await Kube.open(cluster.kubeconfig);
    // kube-proxy is only built here: the cluster finds it by its image's name
    const [paths, objects, apiServer] = await Promise.all([
      Promise.all(programs.map(async (name) => [name, await tool(name)] as const)),
      kube.nodes(),
      kube.directServer(),
      tool('kube-proxy'),
    ]);
    const nodes = objects.map(ptpNode);
    const work = nodes.map((node) => installOn(cluster, node, nodes, Object.fromEntries(paths)));
    // kubeadm brings one along, if it was asked for it
    const present = await kube.find('apps/v1', 'DaemonSet', 'kube-proxy', 'kube-system');
    const proxy = present === undefined ? kubeProxyManifest(apiServer, clusterCidr, mode) : [];
    await Promise.all([...work, kube.apply(proxy)]);
  },

  async ready(cluster) {
    const kube = await Kube.open(cluster.kubeconfig);
    await Promise.all([daemonSetReady(kube, 'kube-proxy'), nodesReady(kube)]);
  },

  diagnostics: () => ({
    'CNI configuration': ['sh', '-c', 'tail -n +1 /etc/cni/net.d/*'],
    leases: ['sh', '-c', 'tail -n +1 /run/cni-ipam-state/ptp/*'],
    'kube-proxy health': ['curl', '-sS', 'http://127.0.0.1:10256/healthz'],
    rules: ['nft', 'list', 'ruleset'],
    routes: ['ip', '-d', 'route', 'show', 'table', 'all'],
    links: ['ip', '-d', 'link', 'show'],
    connections: ['conntrack', '-L'],
  }),
});
