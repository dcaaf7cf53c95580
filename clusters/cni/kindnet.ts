/**
 * kindnet, kind's own CNI. Its image and its manifest come inside the official kindest/node images and nowhere else, so
 * the node image's digest pins both. How kind installs it: pkg/cluster/internal/create/actions/installcni in
 * sigs.k8s.io/kind.
 */
import { type Cluster, podCidr } from '../cluster.ts';
import type { KubeObject } from './kube.ts';
import { parseManifest } from './manifest.ts';
import { applied } from './released.ts';

/** Where the official node images have the manifest; a template with one parameter. */
const location = '/kind/manifests/default-cni.yaml';

/** The objects in the node image's manifest. Throws for a text that is none. */
export function kindnetObjects(template: string): KubeObject[] {
  const objects = parseManifest(template.replaceAll(/\{\{\s*\.PodSubnet\s*\}\}/g, podCidr));
  if (!objects.some(({ kind, metadata }) => kind === 'DaemonSet' && metadata.name === 'kindnet'))
    throw new Error(`${location} of the node image has no DaemonSet kindnet in it`);
  return objects;
}

async function manifestOf(cluster: Cluster, nodes: KubeObject[]): Promise<string> {
  const role = 'node-role.kubernetes.io/control-plane';
  const controlPlane = nodes.find(({ metadata }) => Object.hasOwn(metadata['labels'] ?? {}, role));
  const node = (controlPlane ?? nodes[0])?.metadata.name ?? '';
  const result = await cluster.run?.(node, ['cat', location]);
  if (result?.exitCode === 0) return result.stdout;
  throw new Error(
    `kindnet comes inside the official kindest/node images, and there is no ${location} on ${node}: ` +
      'choose another CNI, or such an image',
  );
}

// of kind v0.30.0, whose default node image is
// kindest/node:v1.34.0@sha256:7416a61b42b1662ca6ca89f02028ac133a309a2a30ba309614e8ec94d976dc5a
const version = 'v20250512-df8de77b';

export const kindnet = applied({
  name: 'kindnet',
  version,
  programs: [],
  images: [`docker.io/kindest/kindnetd:${version}`],
  kubeProxy: 'nftables',
  runs: 'not here: its image is in the official kindest/node images only, which need a registry',
  objects: async (kube, cluster) => kindnetObjects(await manifestOf(cluster, await kube.nodes())),
  daemonSet: { name: 'kindnet' },
  diagnostics: { leases: ['sh', '-c', 'tail -n +1 /run/cni-ipam-state/*/*'] },
});
