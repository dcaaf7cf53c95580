import { isForbidden, isNotFound, type Reference } from './kube/index.ts';
import { SkipError } from './outcome.ts';
import { pairs } from './tables.ts';
import { type AgentPod, usualListeners } from './workloads/index.ts';
import type { NetvetWorld } from './world.ts';

/** A Pod as a row of a table asks for it: labels, and a node, a host name and a subdomain if they matter. */
export async function podOf(world: NetvetWorld, row: Record<string, string>): Promise<AgentPod> {
  const node = row['node'] ? { node: await world.worker.nodeCalled(Number(row['node'])) } : {};
  const restarts: Pick<AgentPod, 'restartPolicy'> = row['restarts'] === 'never' ? { restartPolicy: 'Never' } : {};
  const { 'host name': hostname, subdomain } = row;
  const named = { ...(hostname ? { hostname } : {}), ...(subdomain ? { subdomain } : {}) };
  return { labels: pairs(row['labels'] ?? ''), listeners: usualListeners, ...node, ...restarts, ...named };
}

/** Starts the Pods of a table, all at once. */
export async function startRows(world: NetvetWorld, namespace: string, rows: Record<string, string>[]): Promise<void> {
  const pods = rows.map(async (row): Promise<[string, AgentPod]> => [row['Pod'] as string, await podOf(world, row)]);
  await world.start(namespace, Object.fromEntries(await Promise.all(pods)));
}

/** A Pod with the node's own network, on the node of another Pod. Skipped where such Pods are not allowed. */
export async function startOnNode(world: NetvetWorld, name: string, namespace: string, node: string): Promise<void> {
  await world.start(namespace, { [name]: { listeners: [], hostNetwork: true, node } }).catch((error: unknown) => {
    if (isForbidden(error))
      throw new SkipError(`Pods with hostNetwork are not allowed here: ${(error as Error).message}`);
    throw error;
  });
}

/** Changes labels; null takes one away. They are as before after the scenario. */
export async function relabel(
  world: NetvetWorld,
  { kind, metadata }: Reference,
  labels: Record<string, string | null>,
): Promise<void> {
  const reference = {
    kind,
    metadata: { name: metadata.name, ...(metadata.namespace ? { namespace: metadata.namespace } : {}) },
  };
  const before = (await world.kube.read(reference)).metadata.labels ?? {};
  const restored = Object.fromEntries(Object.keys(labels).map((key) => [key, before[key] ?? null]));
  world.defer(() =>
    world.kube.patch(reference, { metadata: { labels: restored } }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    }),
  );
  await world.change(() => world.kube.patch(reference, { metadata: { labels } }));
}
