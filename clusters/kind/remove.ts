/** Taking away what netvet made in an engine: found by its labels, and nothing else is touched. */
import { rm } from 'node:fs/promises';
import type Docker from 'dockerode';
import { label } from './labels.ts';
import { isRunning } from './owner.ts';
import { clusterDirectory } from './state.ts';

/** What is already gone, or is going at this moment, needs no removing. */
const gone = (error: unknown): void => {
  const { statusCode } = error as { statusCode?: number };
  if (statusCode !== 404 && statusCode !== 409) throw error;
};

const filters = (name: string) => ({ label: [`${label.cluster}=${name}`] });

/** Deletes a cluster: its containers with their volumes, its network, its kubeconfig. It is no error if some or all of them are gone. */
export async function removeCluster(docker: Docker, name: string): Promise<void> {
  const containers = await docker.listContainers({ all: true, filters: filters(name) });
  await Promise.all(
    containers.map(async ({ Id }) => docker.getContainer(Id).remove({ force: true, v: true }).catch(gone)),
  );
  const networks = await docker.listNetworks({ filters: filters(name) });
  await Promise.all(networks.map(async ({ Id }) => docker.getNetwork(Id).remove().catch(gone)));
  await rm(clusterDirectory(name), { recursive: true, force: true });
}

/** A cluster, or part of one, whose command is no more. */
export interface Leftover {
  cluster: string;
  /** Like `container NAME`, `network NAME`. */
  parts: string[];
}

/**
 * What commands that crashed have left: clusters that nobody asked to keep, and whose command does not run any more. With `all`, every
 * cluster that netvet made.
 */
export async function leftovers(docker: Docker, options: { all?: boolean } = {}): Promise<Leftover[]> {
  const filter = { label: [label.cluster] };
  const [containers, networks] = await Promise.all([
    docker.listContainers({ all: true, filters: filter }),
    docker.listNetworks({ filters: filter }),
  ]);
  const found = new Map<string, string[]>();
  const used = new Set<string>();
  const add = (labels: Record<string, string>, part: string) => {
    const cluster = labels[label.cluster] as string;
    found.set(cluster, [...(found.get(cluster) ?? []), part]);
    if (labels[label.keep] === 'true' || isRunning(labels[label.owner] ?? '')) used.add(cluster);
  };
  for (const { Names, Labels } of containers) add(Labels, `container ${Names[0]?.slice(1)}`);
  for (const { Name, Labels } of networks) add(Labels ?? {}, `network ${Name}`);
  return [...found]
    .filter(([cluster]) => options.all === true || !used.has(cluster))
    .map(([cluster, parts]) => ({ cluster, parts }));
}

export interface CleanupOptions {
  /** Every cluster that netvet made, not only those whose command is no more. */
  all?: boolean;
  /** Only clusters of these names. */
  names?: string[];
}

/** Removes what leftovers() finds, and containers of image builds that were cut short. Returns what was removed. */
export async function cleanup(docker: Docker, { all: every, names }: CleanupOptions = {}): Promise<string[]> {
  const found = await leftovers(docker, every === true ? { all: true } : {});
  const all = found.filter(({ cluster }) => names === undefined || names.includes(cluster));
  for (const { cluster } of all) await removeCluster(docker, cluster);
  const builders = await docker.listContainers({ all: true, filters: { label: [`${label.builder}=running`] } });
  const dead = builders.filter(({ Labels }) => !isRunning(Labels[label.owner] ?? ''));
  for (const { Id } of dead) await docker.getContainer(Id).remove({ force: true, v: true }).catch(gone);
  return [...all.flatMap(({ parts }) => parts), ...dead.map(({ Id }) => `container ${Id.slice(0, 12)}`)];
}
