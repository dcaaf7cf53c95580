import type { DataTable } from '@cucumber/cucumber';
import { isNotFound, type Reference, skipForbidden } from './kube/index.ts';
import { type Dial, parseMatrix } from './probe/index.ts';
import type { Role } from './stage.ts';
import { pairs, type Row } from './tables.ts';
import { type AgentPod, usualListeners } from './workloads/index.ts';
import type { World } from './world.ts';

/** The namespaces and Pods of most scenarios. docs/adding-a-scenario.md has them too. */
const usualNamespaces = { shop: { team: 'sales' }, office: { team: 'support' } };
type Labels = Record<string, string>;
const usualPod = (namespace: string, name: string, node: number, labels: Labels, namedPorts = {}): Role => {
  return { name, namespace, labels, node, namedPorts };
};
export const usualPods: Role[] = [
  usualPod('shop', 'frontend', 1, { app: 'frontend' }),
  usualPod('shop', 'reports', 2, { app: 'reports' }),
  usualPod('shop', 'database', 1, { app: 'database', tier: 'data' }, { query: 8081 }),
  usualPod('shop', 'replica', 2, { app: 'replica', tier: 'data' }, { query: 8082 }),
  usualPod('office', 'lookalike', 2, { app: 'frontend' }),
  usualPod('office', 'visitor', 3, { app: 'visitor' }),
];

export const useUsualPods = (world: World): Promise<void> => world.useStage(usualNamespaces, usualPods);

/** The matrix holds, as soon as the last change has taken effect. */
export function expectTable(world: World, table: DataTable): Promise<unknown> {
  const expectations = parseMatrix(table.raw());
  const cells = expectations.map((one) => ({ ...one, from: world.actor(one.from), to: world.target(one.to) }));
  return world.expectCells(cells);
}

/** A Pod as a row of a table asks for it: labels, and a node, a host name and a subdomain if they matter. */
async function podOf(world: World, row: Row): Promise<AgentPod> {
  return {
    labels: pairs(row['labels'] ?? ''),
    listeners: usualListeners,
    node: row['node'] ? await world.worker.nodeCalled(Number(row['node'])) : undefined,
    restartPolicy: row['restarts'] === 'never' ? 'Never' : undefined,
    hostname: row['host name'] || undefined,
    subdomain: row['subdomain'] || undefined,
  };
}

/** Starts the Pods of a table, all at once; `dialOf`: what each dials, if anything. */
export async function startPods(
  world: World,
  namespace: string,
  table: DataTable,
  dialOf: (pod: string) => Dial | undefined = () => undefined,
): Promise<void> {
  const pods = table.hashes().map(async (row): Promise<[string, AgentPod]> => {
    const name = row['Pod'] as string;
    return [name, { ...(await podOf(world, row)), dial: dialOf(name) }];
  });
  await world.start(namespace, Object.fromEntries(await Promise.all(pods)));
}

/** A Pod with the node's own network, on the node of another Pod. Skipped where such Pods are not allowed. */
export async function startOnNode(world: World, name: string, beside: string): Promise<void> {
  const { node } = world.actor(beside);
  const starting = world.start('shop', { [name]: { listeners: [], hostNetwork: true, node } });
  await starting.catch(skipForbidden('Pods with hostNetwork are not allowed here'));
}

type Changes = Record<string, string | null>;

export const labelPod = (world: World, pod: string, labels: Changes): Promise<void> =>
  relabel(world, world.actor(pod).reference, labels);

export const labelNamespace = (world: World, name: string, labels: Changes): Promise<void> =>
  relabel(world, { kind: 'Namespace', metadata: { name: world.namespace(name) } }, labels);

/** Changes labels; null takes one away. They are as before after the scenario. */
async function relabel(world: World, reference: Reference, labels: Changes): Promise<void> {
  const before = (await world.kube.read(reference)).metadata.labels ?? {};
  const restored = Object.fromEntries(Object.keys(labels).map((key) => [key, before[key] ?? null]));
  world.defer(() =>
    world.kube.patch(reference, { metadata: { labels: restored } }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    }),
  );
  await world.change(() => world.kube.patch(reference, { metadata: { labels } }));
}
