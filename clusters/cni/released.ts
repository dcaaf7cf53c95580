/** CNIs that are installed as their release says: one manifest, applied. */
import { readFile } from 'node:fs/promises';
import type { Cni } from './cni.ts';
import { Kube, type KubeObject } from './kube.ts';
import { parseManifest } from './manifest.ts';
import { kubeProxyManifest } from './kube-proxy.ts';
import { daemonSetReady, nodesReady } from './ready.ts';
import { fetchSource, type Source } from './source.ts';

/** The ranges that netvet's clusters have. */
export const podCidr = '10.244.0.0/16';

export interface Release extends Omit<Cni, 'install' | 'ready' | 'prepare' | 'diagnostics'> {
  source: Source;
  /** What has to be otherwise than in the release, e.g. the range of Pod addresses. Changes the objects in place. */
  edit?: (this: void, objects: KubeObject[]) => void;
  /** The DaemonSet that makes nodes Ready. */
  daemonSet: { name: string; namespace: string };
  /** Beside what every node is asked. */
  diagnostics: Record<string, string[]>;
  /** What the nodes lack, before anything is applied. */
  before?: (this: void, cluster: Parameters<Cni['install']>[0], nodes: KubeObject[]) => Promise<void>;
}

/** The objects of the release, as they are applied. */
export async function objectsOf({ source, edit }: Pick<Release, 'source' | 'edit'>): Promise<KubeObject[]> {
  const objects = parseManifest(await readFile(await fetchSource(source), 'utf8'));
  edit?.(objects);
  return objects;
}

/** kube-proxy, unless the cluster came with one or the CNI does its work. */
export async function applyKubeProxy(kube: Kube, mode: Cni['kubeProxy']): Promise<void> {
  if (mode === 'none') return;
  if ((await kube.find('apps/v1', 'DaemonSet', 'kube-proxy', 'kube-system')) !== undefined) return;
  await kube.apply(kubeProxyManifest(await kube.directServer(), podCidr, mode));
}

export const commonDiagnostics = {
  'CNI configuration': ['sh', '-c', 'tail -n +1 /etc/cni/net.d/*'],
  rules: ['nft', 'list', 'ruleset'],
  routes: ['ip', '-d', 'route', 'show', 'table', 'all'],
  links: ['ip', '-d', 'link', 'show'],
  connections: ['conntrack', '-L'],
};

export function released({ source, edit, daemonSet, diagnostics, before, ...release }: Release): Cni {
  return {
    ...release,
    async prepare() {
      await fetchSource(source);
    },
    async install(cluster) {
      const kube = await Kube.open(cluster.kubeconfig);
      const objects = await objectsOf({ source, ...(edit && { edit }) });
      await before?.(cluster, await kube.nodes());
      // without a registry: images of our own building; with one, nodes pull the official ones
      await release.ownImages?.load(cluster);
      await applyKubeProxy(kube, release.kubeProxy);
      await kube.apply(objects);
    },
    async ready(cluster) {
      const kube = await Kube.open(cluster.kubeconfig);
      await Promise.all([daemonSetReady(kube, daemonSet.name, daemonSet.namespace), nodesReady(kube)]);
    },
    diagnostics: () => ({ ...commonDiagnostics, ...diagnostics }),
  };
}
