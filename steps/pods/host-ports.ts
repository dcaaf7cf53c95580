import { createHash } from 'node:crypto';
import type { KubeObject } from '../kube/index.ts';
import type { Cell, Target } from '../probe/index.ts';
import { nodeAddress } from '../worker.ts';
import { usualListeners } from '../workloads/index.ts';
import type { World } from '../world.ts';

/** Most likely nobody else's. Outside of 30000-32767, the range of node ports, and of what Linux gives to clients. */
function hostPort(world: World): number {
  const digest = createHash('sha256').update(world.parameters.runId).digest();
  // a run has 16 ports side by side, for its workers
  return 20_000 + (digest.readUInt16BE() % 600) * 16 + ((Number.parseInt(world.worker.id, 10) || 0) % 16);
}

export const localhost = '127.0.0.1';

/** A Pod on the node of another one; `hostIP`: at that address of the node and at no other one. */
export async function startPublished(
  world: World,
  name: string,
  port: number,
  beside: string,
  hostIP: string | undefined,
): Promise<void> {
  const { node } = world.actor(beside);
  const published = { hostPorts: { [port]: hostPort(world) }, hostIP };
  await world.start('shop', { [name]: { listeners: usualListeners, ...published, node, labels: { app: name } } });
}

/** The clients reach the Pod at its node's address, or not; or at localhost, which is the node's for a client there. */
export async function expectPublished(
  world: World,
  clients: string[],
  name: string,
  expected: Cell['expected'],
  where: 'address' | 'localhost',
): Promise<void> {
  const agent = world.actor(name);
  const nodes = await world.worker.nodes();
  const node = nodes.find(({ metadata }) => metadata.name === agent.node) as KubeObject;
  const servers = [{ agent, listener: { protocol: 'TCP' as const, port: 8080 } }];
  const host = where === 'localhost' ? localhost : nodeAddress(node);
  const to: Target = { name: `${name}'s node`, host, port: hostPort(world), protocol: 'TCP', servers };
  const cells = clients.map((client): Cell => ({ from: world.actor(client), to, expected }));
  await world.expectCells(cells, `the host port at the node's ${where}`);
}
