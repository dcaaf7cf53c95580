/** Taking away what netvet made in an engine: found by its labels, and nothing else is touched. */
import { rm } from 'node:fs/promises';
import type Docker from 'dockerode';
import { isRunning, label } from './labels.ts';
import { clusterDirectory } from './names.ts';

/** What is already gone, or is going at this moment, needs no removing. */
const gone = (error: unknown): void => {
  const { statusCode } = error as { statusCode?: number };
  if (statusCode !== 404 && statusCode !== 409) throw error;
};

/** Deletes a cluster: its containers with their volumes, its network, its kubeconfig. What is gone is no error. */
export async function removeCluster(docker: Docker, name: string): Promise<void> {
  const filters = { label: [`${label.cluster}=${name}`] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(
    containers.map(async ({ Id }) => docker.getContainer(Id).remove({ force: true, v: true }).catch(gone)),
  );
  const networks = await docker.listNetworks({ filters });
  await Promise.all(networks.map(async ({ Id }) => docker.getNetwork(Id).remove().catch(gone)));
  await rm(clusterDirectory(name), { recursive: true, force: true });
}

/**
 * Clusters that nobody asked to keep and whose command has ended, with `all` every one; parts like `container NAME`.
 */
export async function leftoversOn(docker: Docker, all: boolean) {
  const filters = { label: [label.cluster] };
  const [containers, networks] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
  ]);
  const parts = [
    ...containers.map(({ Names, Labels }) => ({ labels: Labels, part: `container ${Names[0]?.slice(1)}` })),
    ...networks.map(({ Name, Labels = {} }) => ({ labels: Labels, part: `network ${Name}` })),
  ];
  const isUsed = ({ labels }: { labels: Record<string, string> }) =>
    labels[label.keep] === 'true' || isRunning(labels[label.owner] ?? '');
  return [...Map.groupBy(parts, ({ labels }) => labels[label.cluster] as string)]
    .filter(([, found]) => all || !found.some(isUsed))
    .map(([cluster, found]) => ({ cluster, parts: found.map(({ part }) => part) }));
}

/** Removes containers of image builds that were cut short. Returns a line for each. */
export async function removeBuilders(docker: Docker): Promise<string[]> {
  const builders = await docker.listContainers({ all: true, filters: { label: [`${label.builder}=running`] } });
  const dead = builders.filter(({ Labels }) => !isRunning(Labels[label.owner] ?? ''));
  for (const { Id } of dead) await docker.getContainer(Id).remove({ force: true, v: true }).catch(gone);
  return dead.map(({ Id }) => `container ${Id.slice(0, 12)}`);
}
