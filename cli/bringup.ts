import type { Cluster, ClusterProvider, CreateOptions } from '../clusters/cluster.ts';
import { type Cni, findCni, loadClient } from '../clusters/cni/index.ts';
import type { RunOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { type ClusterChoice, given, providerFor, stays } from './providers.ts';

/** `mark`: the label of what a run makes on it. `report`: where logs of a failed bring-up go. */
export type BringUp = ClusterChoice & Pick<RunOptions, 'mark' | 'report' | 'mutant' | 'fabric' | 'adversary'>;

/** A cluster with its CNI, Ready; on existing ones nothing is installed. A failure deletes what was made. */
export async function bringUp(options: BringUp, progress: Progress): Promise<Cluster> {
  const loading = options.cni === undefined ? undefined : findCni(options.cni, options);
  const provider = await providerFor(options, options.mark, (text) => console.error(text));
  const { cluster, made } = await clusterOf(provider, options, loading, progress);
  try {
    const cni = await loading;
    if (cni !== undefined) await install(cni, cluster, progress);
  } catch (error) {
    if (made) await cluster.delete();
    throw error;
  }
  progress.stageDone();
  return cluster;
}

let making: (() => Promise<void>) | undefined;

/** Deletes what a bring-up that is given up has made so far. */
export async function abandonBringUp(): Promise<void> {
  await making?.();
}

/** The one of that name that an earlier command left, if it is to be used again; else a new one. */
async function clusterOf(
  provider: ClusterProvider,
  options: BringUp,
  loading: Promise<Cni> | undefined,
  progress: Progress,
): Promise<{ cluster: Cluster; made: boolean }> {
  const { reuse, name, nodes, report, adversary } = options;
  const known = reuse ? await provider.open?.(name) : undefined;
  if (known !== undefined) {
    await sameCni(provider, options);
    progress.stage(`Using the cluster ${name} again`);
    return { cluster: known, made: false };
  }
  making = () => provider.delete(name);
  const kind = options.provider === 'kind' ? await kindOptions(options, loading) : {};
  const creating = provider.create({
    name,
    nodes,
    progress: (stage) => progress.stage(stage),
    logDirectory: report,
    ...given({ adversary }),
    ...kind,
  });
  // one whose loading fails is met where it is used
  loadClient().catch(() => {});
  return { cluster: await creating, made: true };
}

/** A second CNI beside the first is neither of them. Rejects with what to type. */
async function sameCni(provider: ClusterProvider, { name, cni }: BringUp): Promise<void> {
  const { cni: installed } = (await provider.list()).find((each) => each.name === name) ?? {};
  if (installed === undefined || installed === cni) return;
  const remedies = `use it with --cni ${installed}, or delete it with "netvet cluster delete ${name}"`;
  throw new Error(`the cluster "${name}" was made with the CNI ${installed}: ${remedies}`);
}

/** What only kind clusters are told; an embedded one does not wait for its CNI to be loaded. */
async function kindOptions(options: BringUp, loading: Promise<Cni> | undefined): Promise<Partial<CreateOptions>> {
  const { kubernetes, image, registry } = options;
  const cni = await loading;
  return {
    keep: stays(options),
    ...given({ kubernetes, image, registry }),
    ...(cni !== undefined && { cni: cni.name, kubeProxy: cni.kubeProxy }),
  };
}

async function install(cni: Cni, cluster: Cluster, progress: Progress): Promise<void> {
  progress.stage(`Installing CNI ${cni.name} ${cni.version}`);
  await cni.install(cluster);
  progress.stage('Waiting for the nodes to be Ready');
  await cni.ready(cluster);
}
