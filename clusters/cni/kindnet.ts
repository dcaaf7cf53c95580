/**
 * kindnet, kind's own CNI. Its image and its manifest come inside the official kindest/node images and nowhere else, so the
 * node image's digest pins both. How kind installs it: pkg/cluster/internal/create/actions/installcni in sigs.k8s.io/kind.
 */
import { parseAllDocuments } from 'yaml';
import type { Cluster } from '../cluster.ts';
import type { Cni } from './cni.ts';
import { Kube, type KubeObject } from './kube.ts';
import { daemonSetReady, nodesReady } from './ready.ts';

/** Where the official node images have the manifest; a template with one parameter. */
const location = '/kind/manifests/default-cni.yaml';
const podSubnet = '10.244.0.0/16';

/** The objects in the node image's manifest. Throws for a text that is none. */
export function kindnetObjects(template: string): KubeObject[] {
  const documents = parseAllDocuments(template.replaceAll(/\{\{\s*\.PodSubnet\s*\}\}/g, podSubnet));
  const objects = documents.map((document) => document.toJS() as KubeObject | null).filter((object) => object !== null);
  if (!objects.some(({ kind, metadata }) => kind === 'DaemonSet' && metadata.name === 'kindnet'))
    throw new Error(`${location} of the node image has no DaemonSet kindnet in it`);
  return objects;
}

async function manifestOf(cluster: Cluster, nodes: KubeObject[]): Promise<string> {
  const controlPlane = nodes.find(({ metadata }) => {
    const labels = (metadata['labels'] ?? {}) as Record<string, string>;
    return 'node-role.kubernetes.io/control-plane' in labels;
  });
  const node = (controlPlane ?? nodes[0])?.metadata.name ?? '';
  const result = await cluster.run?.(node, ['cat', location]);
  if (result?.exitCode !== 0)
    throw new Error(
      `kindnet comes inside the official kindest/node images, and there is no ${location} on ${node}: choose another CNI, or such an image`,
    );
  return result.stdout;
}

export const kindnet: Cni = {
  name: 'kindnet',
  // of kind v0.30.0, whose default node image is kindest/node:v1.34.0@sha256:7416a61b42b1662ca6ca89f02028ac133a309a2a30ba309614e8ec94d976dc5a
  version: 'v20250512-df8de77b',
  programs: [],
  images: ['docker.io/kindest/kindnetd:v20250512-df8de77b'],
  kubeProxy: 'nftables',
  runs: 'not here: its image is in the official kindest/node images only, which need a registry',

  async install(cluster) {
    const kube = await Kube.open(cluster.kubeconfig);
    await kube.apply(kindnetObjects(await manifestOf(cluster, await kube.nodes())));
  },

  async ready(cluster) {
    const kube = await Kube.open(cluster.kubeconfig);
    await Promise.all([daemonSetReady(kube, 'kindnet'), nodesReady(kube)]);
  },

  diagnostics: () => ({
    'CNI configuration': ['sh', '-c', 'tail -n +1 /etc/cni/net.d/*'],
    leases: ['sh', '-c', 'tail -n +1 /run/cni-ipam-state/*/*'],
    rules: ['nft', 'list', 'ruleset'],
    routes: ['ip', '-d', 'route', 'show', 'table', 'all'],
    links: ['ip', '-d', 'link', 'show'],
  }),
};
