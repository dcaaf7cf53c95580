import { equal, ok } from 'node:assert';
import { createHash } from 'node:crypto';
import type { Actor } from '../actor.ts';
import type { KubeObject } from '../kube/index.ts';
import { type Cell, type Protocol, runRound, type Target } from '../probe/index.ts';
import { backendsOf } from '../targets.ts';
import { usualListeners } from '../workloads/index.ts';
import type { NetvetWorld } from '../world.ts';

interface NodePort {
  targetPort: number;
  nodePort: number;
  protocol: Protocol;
}

function addressOf({ status }: KubeObject): string {
  const addresses = status.addresses as { type: string; address: string }[];
  return addresses.find(({ type }) => type === 'InternalIP')?.address ?? '';
}

/** A Service's node ports at the addresses of some nodes. */
function nodePorts(world: NetvetWorld, name: string, nodes: KubeObject[]): (Target & { node: string })[] {
  const ports = world.service(name)['spec'].ports as NodePort[];
  return nodes.flatMap((node) =>
    ports.map(({ targetPort, nodePort, protocol }) => {
      const servers = backendsOf(world, name).map((agent) => ({ agent, listener: { protocol, port: targetPort } }));
      const { name: nodeName } = node.metadata;
      return { name: `node ${nodeName}`, node: nodeName, host: addressOf(node), port: nodePort, protocol, servers };
    }),
  );
}

/** The first of a Service's node ports, at the node of a Pod. */
export async function nodePortOf(world: NetvetWorld, name: string, pod: string): Promise<Target> {
  const { node } = world.actor(pod);
  const nodes = (await world.worker.nodes()).filter(({ metadata }) => metadata.name === node);
  return nodePorts(world, name, nodes)[0] as Target;
}

/** Every node answers at every port. */
export async function expectNodePorts(world: NetvetWorld, client: string, name: string): Promise<void> {
  const from = world.actor(client);
  const targets = nodePorts(world, name, await world.worker.nodes());
  const cells = targets.map((to): Cell => ({ from, to, expected: 'allowed' }));
  await world.expectCells(cells, `${client} to node ports`);
}

/** Nodes without one of the Service's Pods do not answer who is outside of them; those with one see who it is. */
export async function expectLocalNodePorts(
  world: NetvetWorld,
  client: string,
  name: string,
  server: string,
): Promise<void> {
  const from = world.actor(client);
  const { node } = world.actor(server);
  // a node is no outsider to itself
  const others = (await world.worker.nodes()).filter(({ metadata }) => metadata.name !== from.node);
  const targets = nodePorts(world, name, others);
  const cells = targets.map((to): Cell => ({ from, to, expected: to.node === node ? 'allowed' : 'denied' }));
  await world.expectCells(cells, `${client} to node ports`);
  await expectSeen(
    world,
    from,
    cells.filter(({ expected }) => expected === 'allowed'),
  );
}

/** The servers see the client at the address that the API shows for it. */
async function expectSeen(world: NetvetWorld, from: Actor, cells: Cell[]): Promise<void> {
  const { answerMs } = world;
  const { results } = await world.looking.once(answerMs, () => runRound(cells, answerMs));
  for (const { cell, report } of results) {
    equal(report?.seen, from.ip, `behind ${cell.to.name} ${from.name} is seen as ${report?.seen}, and is ${from.ip}`);
  }
  ok(results.length > 0);
}

/** Ten connections to each: those that stay on the client's node are no more than half. */
export async function expectSeenBehind(world: NetvetWorld, client: string, targets: string[]): Promise<void> {
  const from = world.actor(client);
  const cells = targets.map((target): Cell => ({ from, to: world.target(target), expected: 'allowed' }));
  await expectSeen(world, from, Array.from({ length: 10 }, () => cells).flat());
}

/**
 * A port that most likely nobody else has: one node has each only once, and neither another run nor the cluster's own Services may be
 * in the way. Outside of 30000-32767, the range of node ports, and of what Linux gives to clients (from 32768).
 */
function hostPort(world: NetvetWorld): number {
  const digest = createHash('sha256').update(world.parameters.runId).digest();
  // a run has 16 ports side by side, for its workers
  return 20_000 + (digest.readUInt16BE() % 600) * 16 + ((Number.parseInt(world.worker.id, 10) || 0) % 16);
}

const localhost = '127.0.0.1';

/** `only`: at that address of the node and at no other one. */
export async function startPublished(
  world: NetvetWorld,
  name: string,
  port: number,
  node: string,
  only?: 'localhost',
): Promise<void> {
  const published = { hostPorts: { [port]: hostPort(world) }, ...(only && { hostIP: localhost }) };
  await world.start('shop', { [name]: { listeners: usualListeners, ...published, node, labels: { app: name } } });
}

/** The clients reach the Pod at its node's address, or not; or at localhost, which is the node's for a client on its network. */
export async function expectPublished(
  world: NetvetWorld,
  clients: string[],
  name: string,
  expected: Cell['expected'] = 'allowed',
  where: 'address' | 'localhost' = 'address',
): Promise<void> {
  const agent = world.actor(name);
  const nodes = await world.worker.nodes();
  const node = nodes.find(({ metadata }) => metadata.name === agent.node) as KubeObject;
  const servers = [{ agent, listener: { protocol: 'TCP' as const, port: 8080 } }];
  const host = where === 'localhost' ? localhost : addressOf(node);
  const to: Target = { name: `${name}'s node`, host, port: hostPort(world), protocol: 'TCP', servers };
  const cells = clients.map((client): Cell => ({ from: world.actor(client), to, expected }));
  await world.expectCells(cells, `the host port at the node's ${where}`);
}
