/** Cilium, by its own chart: in place of kube-proxy, or beside one. */
import type { Cluster } from '../cluster.ts';
import { ciliumImages } from '../offline/images/cilium.ts';
import { ciliumValues } from './cilium/values.ts';
import { agentImage, inRelease, operatorImage, version } from './cilium/version.ts';
import type { Cni } from './cni.ts';
import { renderChart } from './helm.ts';
import { Kube, type KubeObject } from './kube.ts';
import { runnerOn } from './node.ts';
import { daemonSetReady, nodesReady } from './ready.ts';
import { applyKubeProxy, commonDiagnostics } from './released.ts';
import { fetchSource } from './source.ts';

const chart = inRelease('install/kubernetes/cilium');

/** The objects of the release. `server`: URL of the API server as nodes reach it. */
export async function ciliumObjects(
  kubeProxy: Cni['kubeProxy'],
  server: string,
  built: boolean,
): Promise<KubeObject[]> {
  const { hostname: host, port } = new URL(server);
  const values = ciliumValues({ kubeProxy, server: { host, port: port || '443' }, built });
  return renderChart(await fetchSource(chart), {
    name: 'cilium',
    namespace: 'kube-system',
    kubernetes: 'v1.34.0',
    values,
  });
}

/**
 * What a node that is a container lacks: mounts that are shared, so that those made by the agent's Pod are seen by the node, and one of
 * eBPF's file system. On other nodes all of it is there.
 */
const prepareNode = `mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
mount --make-rshared /
mount --make-rshared /sys
mkdir -p /run/cilium/cgroupv2`;

async function prepareNodes(cluster: Cluster, nodes: KubeObject[]): Promise<void> {
  if (cluster.provider !== 'kind') return;
  await Promise.all(nodes.map(({ metadata }) => runnerOn(cluster, metadata.name)(['sh', '-ec', prepareNode])));
}

export const ciliumCni = (kubeProxy: 'none' | 'iptables'): Cni => ({
  name: kubeProxy === 'none' ? 'cilium' : 'cilium-kube-proxy',
  version,
  programs: ['helm'],
  images: [agentImage, operatorImage],
  kubeProxy,
  runs: 'here',
  ownImages: ciliumImages,

  async prepare() {
    await fetchSource(chart);
  },

  async install(cluster) {
    const kube = await Kube.open(cluster.kubeconfig);
    const [nodes, server] = await Promise.all([kube.nodes(), kube.directServer()]);
    // without a registry: images of our own building; with one, nodes pull the official ones
    const [built] = await Promise.all([
      ciliumImages.load(cluster),
      prepareNodes(cluster, nodes),
      applyKubeProxy(kube, kubeProxy),
    ]);
    await kube.apply(await ciliumObjects(kubeProxy, server, built));
  },

  async ready(cluster) {
    const kube = await Kube.open(cluster.kubeconfig);
    await Promise.all([daemonSetReady(kube, 'cilium'), nodesReady(kube)]);
  },

  diagnostics: () => ({
    ...commonDiagnostics,
    'agent log': ['sh', '-c', 'tail -n 200 /var/log/containers/cilium-*_kube-system_cilium-agent-*.log'],
    'eBPF programs': ['sh', '-c', 'ls -R /sys/fs/bpf'],
  }),
});
