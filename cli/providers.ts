import type { Cluster, ClusterProvider } from '../clusters/cluster.ts';
import { UsageError } from './usage.ts';

export type ProviderName = Cluster['provider'];

/** What is asked of kind clusters. */
interface Kind {
  provider: () => Promise<ClusterProvider>;
  /** What has to stand before a command line so that it reaches them: the way into an engine's own network. */
  entry: () => Promise<string[]>;
  /** Deletes what crashed commands have left, and says what. False when something would not go. */
  cleanUp: (dryRun: boolean) => Promise<boolean>;
}

// the place where kind clusters become known, each part imported only when it is asked for
const kind = undefined as Kind | undefined;

function kindOrRefuse(): Kind {
  if (kind === undefined)
    throw new UsageError(['this netvet cannot make kind clusters: --cluster takes embedded or a context']);
  return kind;
}

/** Where scenarios run, as the flags say it, checked. */
export interface ClusterChoice {
  provider: ProviderName;
  /** Of kind clusters; others have one of their own. */
  name: string;
  /** Absent: what the provider has by default, and on an existing cluster what is there. */
  cni?: string;
  nodes: number;
  /** Version of Kubernetes; absent: the provider's own. */
  kubernetes?: string;
  /** Of kind: another node image. */
  image?: string;
  /** A registry that mirrors all others. */
  registry?: string;
  /** Take a cluster of that name if there is one, and leave it. */
  reuse: boolean;
  /** Leave the cluster when the command ends. */
  keep: boolean;
  /** The context of an existing cluster, and the file that has it. */
  existing?: { context: string; kubeconfig: string };
}

/** The provider. `run` and `say`: for clusters that are not ours, of which only what the run made is deleted, and said. */
export async function providerFor(
  { provider, existing: where }: Pick<ClusterChoice, 'provider' | 'existing'>,
  run: string,
  say: (text: string) => void,
): Promise<ClusterProvider> {
  if (where !== undefined) return (await import('../clusters/existing/index.ts')).existing({ ...where, run, say });
  if (provider === 'embedded') return (await import('../clusters/embedded/index.ts')).embedded;
  return kindOrRefuse().provider();
}

/** The provider of clusters that go on without a process of ours, if there is one. */
export const lastingProvider = async (): Promise<ClusterProvider | undefined> => kind?.provider();

/** Deletes what crashed commands have left of kind clusters, and says what. */
export const cleanUpLasting = async (dryRun: boolean): Promise<boolean> => kindOrRefuse().cleanUp(dryRun);

/** Whether the cluster goes on when its command has ended. Embedded ones cannot. */
export const stays = ({ provider, keep, reuse }: Pick<ClusterChoice, 'provider' | 'keep' | 'reuse'>): boolean =>
  provider === 'kind' && (keep || reuse);

/** What has to stand before a command line so that it reaches the clusters of a provider. */
export async function entryTo(provider: ProviderName): Promise<string[]> {
  return provider === 'kind' ? kindOrRefuse().entry() : [];
}
