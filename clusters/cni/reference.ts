/** The reference CNI that netvet brings along, built from reference/. */
import { readFileSync } from 'node:fs';
import { bundleAgent } from '../../reference/bundle.ts';
import type { Cni } from './cni.ts';
import { Kube } from './kube.ts';
import { daemonSetReady, nodesReady } from './ready.ts';
import { agentImage, type ReferenceOptions, referenceManifest } from './reference-manifest.ts';

const { version } = JSON.parse(readFileSync(`${import.meta.dirname}/../../package.json`, 'utf8')) as {
  version: string;
};

let bundle: ReturnType<typeof bundleAgent> | undefined;

/** The reference CNI, on another fabric or with a deliberate fault if asked for. */
export function referenceCni(options: Pick<ReferenceOptions, 'fabric' | 'mutant'> = {}): Cni {
  return {
    name: 'reference',
    version,
    programs: [],
    images: [agentImage],
    kubeProxy: 'none',
    runs: 'here',

    async install(cluster) {
      // built once per process, and while the cluster is asked
      bundle ??= bundleAgent();
      const kube = await Kube.open(cluster.kubeconfig);
      const [files, apiServer] = await Promise.all([bundle, kube.directServer()]);
      await kube.apply(referenceManifest({ ...options, version, apiServer, bundle: { ...files } }));
    },

    async ready(cluster) {
      const kube = await Kube.open(cluster.kubeconfig);
      await Promise.all([daemonSetReady(kube, 'netvet-cni'), nodesReady(kube)]);
    },

    diagnostics: () => ({
      'CNI configuration': ['sh', '-c', 'tail -n +1 /etc/cni/net.d/*'],
      attachments: ['sh', '-c', 'tail -n +1 /var/lib/cni/netvet/attachments/*'],
      'agent readiness': ['curl', '-sS', 'http://127.0.0.1:9098/readyz'],
      'agent metrics': ['curl', '-sS', 'http://127.0.0.1:9098/metrics'],
      rules: ['nft', 'list', 'ruleset'],
      routes: ['ip', '-d', 'route', 'show', 'table', 'all'],
      links: ['ip', '-d', 'link', 'show'],
      neighbours: ['ip', 'neighbour', 'show'],
      connections: ['conntrack', '-L'],
    }),
  };
}
