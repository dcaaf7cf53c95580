/** The reference CNI that netvet brings along, built from reference/. */
import { readFileSync } from 'node:fs';
import { bundleAgent } from '../../reference/bundle.ts';
import { agentImage, type ReferenceOptions, referenceManifest } from './reference-manifest.ts';
import { applied } from './released.ts';

const { version } = JSON.parse(readFileSync(`${import.meta.dirname}/../../package.json`, 'utf8')) as {
  version: string;
};

let bundle: ReturnType<typeof bundleAgent> | undefined;

/** The reference CNI, on another fabric or with a deliberate fault if asked for. */
export const referenceCni = (options: Pick<ReferenceOptions, 'fabric' | 'mutant'>) =>
  applied({
    name: 'reference',
    version,
    programs: [],
    images: [agentImage],
    kubeProxy: 'none',
    runs: 'here',
    async objects(kube) {
      // built once per process, and while the cluster is asked
      bundle ??= bundleAgent();
      const [files, apiServer] = await Promise.all([bundle, kube.directServer()]);
      return referenceManifest({ ...options, version, apiServer, bundle: { ...files } });
    },
    daemonSet: { name: 'netvet-cni' },
    diagnostics: {
      attachments: ['sh', '-c', 'tail -n +1 /var/lib/cni/netvet/attachments/*'],
      'agent readiness': ['curl', '-sS', 'http://127.0.0.1:9098/readyz'],
      'agent metrics': ['curl', '-sS', 'http://127.0.0.1:9098/metrics'],
      neighbours: ['ip', 'neighbour', 'show'],
    },
  });
