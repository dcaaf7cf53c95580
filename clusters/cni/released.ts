/** CNIs that are installed by applying objects: those of a release's manifest, or any other. */
import { readFile } from 'node:fs/promises';
import { type Cluster, podCidr } from '../cluster.ts';
import type { Cni } from './cni.ts';
import { type Kube, type KubeObject, openKube } from './kube.ts';
import { kubeProxyManifest } from './kube-proxy.ts';
import { parseManifest } from './manifest.ts';
import { daemonSetReady, nodesReady } from './ready.ts';
import { fetchSource, type Source } from './source.ts';

export interface Applied extends Omit<Cni, 'install' | 'ready' | 'diagnostics'> {
  /** The DaemonSet that makes nodes Ready. Default namespace: kube-system. */
  daemonSet: { name: string; namespace?: string };
  /** Beside what every node is asked. */
  diagnostics: Record<string, string[]>;
  /** Does on the nodes what they lack, before the objects are applied. */
  before?: (this: void, cluster: Cluster, kube: Kube) => Promise<void>;
  /** What is applied. `built`: the nodes have the images that netvet builds. */
  objects: (this: void, kube: Kube, cluster: Cluster, built: boolean) => Promise<KubeObject[]>;
}

/** kube-proxy, unless the cluster came with one or the CNI does its work. */
async function applyKubeProxy(kube: Kube, mode: Cni['kubeProxy']): Promise<void> {
  if (mode === 'none') return;
  if ((await kube.find('apps/v1', 'DaemonSet', 'kube-proxy', 'kube-system')) !== undefined) return;
  await kube.apply(kubeProxyManifest(await kube.directServer(), podCidr, mode));
}

const commonDiagnostics = {
  'CNI configuration': ['sh', '-c', 'tail -n +1 /etc/cni/net.d/*'],
  rules: ['nft', 'list', 'ruleset'],
  routes: ['ip', '-d', 'route', 'show', 'table', 'all'],
  links: ['ip', '-d', 'link', 'show'],
  connections: ['conntrack', '-L'],
};

/** A CNI that is its objects, with a kube-proxy beside it if it needs one. */
export const applied = ({ objects, before, daemonSet, diagnostics, ...cni }: Applied): Cni => ({
  ...cni,
  async install(cluster) {
    const kube = await openKube(cluster.kubeconfig);
    const work = [
      // without a registry: images that netvet builds; with one, nodes pull the official ones
      cni.ownImages?.load(cluster) ?? Promise.resolve(false),
      Promise.resolve(before?.(cluster, kube)),
      applyKubeProxy(kube, cni.kubeProxy),
    ] as const;
    // when one fails, none of the others is left running
    await Promise.allSettled(work);
    const [built] = await Promise.all(work);
    await kube.apply(await objects(kube, cluster, built));
  },
  async ready(cluster) {
    const kube = await openKube(cluster.kubeconfig);
    await Promise.all([daemonSetReady(kube, daemonSet.name, daemonSet.namespace), nodesReady(kube)]);
  },
  diagnostics: () => ({ ...commonDiagnostics, ...diagnostics }),
});

/** A CNI that is installed as its release says: one manifest. */
export interface Release extends Omit<Applied, 'objects' | 'prepare'> {
  source: Source;
  /** What has to differ from the release, e.g. the range of Pod addresses. Changes the objects in place. */
  edit?: (this: void, objects: KubeObject[]) => void;
}

/** The objects of the release, as they are applied. */
export async function objectsOf({ source, edit }: Pick<Release, 'source' | 'edit'>): Promise<KubeObject[]> {
  const objects = parseManifest(await readFile(await fetchSource(source), 'utf8'));
  edit?.(objects);
  return objects;
}

export function released({ source, edit, ...rest }: Release): Cni {
  const objects = () => objectsOf({ source, ...(edit && { edit }) });
  return applied({ ...rest, objects, prepare: async () => void (await fetchSource(source)) });
}
