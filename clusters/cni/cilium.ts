/** Cilium, by its own chart: in place of kube-proxy, or beside one. */
import { execa } from 'execa';
import { ciliumRecipe } from '../offline/images/cilium.ts';
import { ownImages } from '../offline/images/cni.ts';
import type { KubeObject } from './kube.ts';
import { parseManifest } from './manifest.ts';
import { runnerOn } from './node.ts';
import { applied } from './released.ts';
import { fetchSource, type Source } from './source.ts';
import { tool } from './tool.ts';

const version = 'v1.18.4';
const module = 'github.com/cilium/cilium';
const sum = 'h1:/HrbeMmk46UDkJs4uJemIqxB7wuZ+QRMNVscNYua5C8=';
/** A path in the release's Go module, which has all of the repository in it. */
const inRelease = (path: string): Source => ({ module, version, sum, path });
const chart = inRelease('install/kubernetes/cilium');

const agent = `quay.io/cilium/cilium:${version}`;
const operator = `quay.io/cilium/operator-generic:${version}`;
const images = ownImages(ciliumRecipe({ version, agent, operator, inRelease }));

type Mode = 'none' | 'iptables';

/** What the chart is told. Envoy and Hubble are left out. https://docs.cilium.io/en/v1.18/helm-reference/ */
export function ciliumValues(options: {
  kubeProxy: Mode;
  /** URL at which nodes reach the API server without any Service. */
  server: string;
  /** The images are on the nodes already: those that netvet has built. */
  built: boolean;
}): object {
  const replaces = options.kubeProxy === 'none';
  const { hostname, port } = new URL(options.server);
  const image = options.built ? { useDigest: false, pullPolicy: 'Never' } : {};
  return {
    image,
    operator: { replicas: 1, image },
    envoy: { enabled: false },
    l7Proxy: false,
    hubble: { enabled: false },
    ipam: { mode: 'kubernetes' },
    routingMode: 'tunnel',
    tunnelProtocol: 'vxlan',
    ipv6: { enabled: false },
    kubeProxyReplacement: replaces,
    // in eBPF only where node ports are, too
    bpf: { masquerade: replaces },
    ...(replaces && { k8sServiceHost: hostname, k8sServicePort: port || '443' }),
    cgroup: { hostRoot: '/run/cilium/cgroupv2' },
    cni: { exclusive: true },
  };
}

/** The objects that the chart makes of these values, without its hooks and tests. */
async function render(values: object): Promise<KubeObject[]> {
  const argv = ['template', 'cilium', await fetchSource(chart), '--namespace', 'kube-system'];
  argv.push('--kube-version', 'v1.34.0', '--include-crds', '--no-hooks', '--skip-tests', '--values', '-');
  const options = { input: JSON.stringify(values), timeout: 60_000, reject: false };
  const { failed, stdout, stderr, shortMessage } = await execa(await tool('helm'), argv, options);
  if (failed) throw new Error(`helm could not render cilium: ${stderr.trim() || shortMessage}`);
  return parseManifest(stdout);
}

/** What a node that is a container lacks: shared mounts, which the agent needs, and the file system of eBPF. */
const prepareNode = `mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
mount --make-rshared /
mount --make-rshared /sys
mkdir -p /run/cilium/cgroupv2`;

export const ciliumCni = (kubeProxy: Mode) =>
  applied({
    name: kubeProxy === 'none' ? 'cilium' : 'cilium-kube-proxy',
    version,
    programs: ['helm'],
    images: [agent, operator],
    kubeProxy,
    runs: 'here',
    ownImages: images,
    prepare: async () => void (await fetchSource(chart)),
    async before(cluster, kube) {
      if (cluster.provider !== 'kind') return;
      const nodes = await kube.nodes();
      await Promise.all(nodes.map(({ metadata }) => runnerOn(cluster, metadata.name)(['sh', '-ec', prepareNode])));
    },
    objects: async (kube, _cluster, built) =>
      render(ciliumValues({ kubeProxy, server: await kube.directServer(), built })),
    daemonSet: { name: 'cilium' },
    diagnostics: {
      'agent log': ['sh', '-c', 'tail -n 200 /var/log/containers/cilium-*_kube-system_cilium-agent-*.log'],
      'eBPF programs': ['sh', '-c', 'ls -R /sys/fs/bpf'],
    },
  });
