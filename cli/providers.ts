import type { Cluster, ClusterProvider } from '../clusters/cluster.ts';

export type ProviderName = Cluster['provider'];

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

/** What has a value, without what has none. */
export function given<K extends string, V>(flags: Record<K, V | undefined>): Partial<Record<K, V>> {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) as Partial<Record<K, V>>;
}

/** The provider. `run` and `say`: on existing clusters, the run whose objects are deleted, and who is told. */
export async function providerFor(
  { provider, existing: where }: Pick<ClusterChoice, 'provider' | 'existing'>,
  run: string,
  say: (text: string) => void,
): Promise<ClusterProvider> {
  if (where !== undefined) return (await import('../clusters/existing/index.ts')).existing({ ...where, run, say });
  if (provider === 'embedded') return (await import('../clusters/embedded/index.ts')).embedded;
  return kindProvider();
}

/** Of clusters that go on without a process of ours. Imported only when asked for. */
export async function kindProvider(): Promise<ClusterProvider> {
  return (await import('../clusters/kind/index.ts')).kind;
}

/** Whether the cluster goes on when its command has ended. Embedded ones cannot. */
export const stays = ({ provider, keep, reuse }: Pick<ClusterChoice, 'provider' | 'keep' | 'reuse'>): boolean =>
  provider === 'kind' && (keep || reuse);

/** What stands before a command line that is to reach clusters of a provider: the way into an engine's network. */
export async function entryTo(provider: ProviderName): Promise<string[]> {
  return provider === 'kind' ? (await import('../clusters/kind/engine.ts')).engineEntry() : [];
}
