import type { DataTable } from '@cucumber/cucumber';
import { isNotFound, type Reference, skipForbidden } from './kube/index.ts';
import { type Dial, parseMatrix } from './probe/index.ts';
import type { Role } from './stage.ts';
import { listed, pairs, type Row } from './tables.ts';
import { type AgentPod, usualListeners } from './workloads/index.ts';
import type { NetvetWorld } from './world.ts';

/** The namespaces and Pods of most scenarios. docs/adding-a-scenario.md has them too. */
const usualNamespaces = { shop: { team: 'sales' }, office: { team: 'support' } };
export const usualPods: Role[] = [
  { name: 'frontend', namespace: 'shop', labels: { app: 'frontend' }, node: 1, namedPorts: {} },
  { name: 'reports', namespace: 'shop', labels: { app: 'reports' }, node: 2, namedPorts: {} },
  {
    name: 'database',
    namespace: 'shop',
    labels: { app: 'database', tier: 'data' },
    node: 1,
    namedPorts: { query: 8081 },
  },
  {
    name: 'replica',
    namespace: 'shop',
    labels: { app: 'replica', tier: 'data' },
    node: 2,
    namedPorts: { query: 8082 },
  },
  { name: 'lookalike', namespace: 'office', labels: { app: 'frontend' }, node: 2, namedPorts: {} },
  { name: 'visitor', namespace: 'office', labels: { app: 'visitor' }, node: 3, namedPorts: {} },
];

export const useUsualPods = (world: NetvetWorld): Promise<void> => world.useStage(usualNamespaces, usualPods);

/** The matrix holds, as soon as the last change has taken effect. */
export function expectTable(world: NetvetWorld, table: DataTable): Promise<unknown> {
  const expectations = parseMatrix(table.raw());
  const cells = expectations.map((one) => ({ ...one, from: world.actor(one.from), to: world.target(one.to) }));
  return world.expectCells(cells);
}

/** A Pod as a row of a table asks for it: labels, and what else matters. */
async function podOf(world: NetvetWorld, row: Row): Promise<AgentPod> {
  return {
    labels: pairs(row['labels'] ?? ''),
    listeners: usualListeners,
    node: row['node'] ? await world.worker.nodeCalled(Number(row['node'])) : undefined,
    restartPolicy: row['restarts'] === 'never' ? 'Never' : undefined,
    hostname: row['host name'] || undefined,
    subdomain: row['subdomain'] || undefined,
    capabilities: row['capabilities'] ? listed(row['capabilities']) : undefined,
  };
}

/** Starts the Pods of a table, all at once; `dialOf`: what each dials, if anything. */
export async function startPods(
  world: NetvetWorld,
  namespace: string,
  table: DataTable,
  dialOf: (pod: string) => Dial | undefined,
): Promise<void> {
  const pods = table.hashes().map(async (row): Promise<[string, AgentPod]> => {
    const name = row['Pod'] as string;
    return [name, { ...(await podOf(world, row)), dial: dialOf(name) }];
  });
  await world.start(namespace, Object.fromEntries(await Promise.all(pods)));
}

export const startRows = (world: NetvetWorld, namespace: string, table: DataTable): Promise<void> =>
  startPods(world, namespace, table, () => undefined);

/** A Pod with the node's own network, on the node of another Pod. Skipped where such Pods are not allowed. */
export async function startOnNode(world: NetvetWorld, name: string, beside: string): Promise<void> {
  const { node } = world.actor(beside);
  const starting = world.start('shop', { [name]: { listeners: [], hostNetwork: true, node } });
  await starting.catch(skipForbidden('Pods with hostNetwork are not allowed here'));
}

type Labels = Record<string, string | null>;

export const labelPod = (world: NetvetWorld, pod: string, labels: Labels): Promise<void> => {
  const { namespace, podName } = world.actor(pod);
  return relabel(world, { kind: 'Pod', metadata: { name: podName, namespace } }, labels);
};

export const labelNamespace = (world: NetvetWorld, name: string, labels: Labels): Promise<void> =>
  relabel(world, { kind: 'Namespace', metadata: { name: world.namespace(name) } }, labels);

/** Changes labels; null takes one away. They are as before after the scenario. */
async function relabel(world: NetvetWorld, reference: Reference, labels: Labels): Promise<void> {
  const before = (await world.kube.read(reference)).metadata.labels ?? {};
  const restored = Object.fromEntries(Object.keys(labels).map((key) => [key, before[key] ?? null]));
  world.defer(() =>
    world.kube.patch(reference, { metadata: { labels: restored } }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    }),
  );
  await world.change(() => world.kube.patch(reference, { metadata: { labels } }));
}
