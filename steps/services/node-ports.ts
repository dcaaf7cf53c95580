import { equal, ok } from 'node:assert';
import type { Actor } from '../actor.ts';
import type { KubeObject } from '../kube/index.ts';
import { allAllowed, type Cell, type Protocol, runRound, type Target } from '../probe/index.ts';
import { backendsOf } from '../targets.ts';
import { nodeAddress } from '../worker.ts';
import type { World } from '../world.ts';

/** Where something is dialled, as far as the world of a scenario knows. */
export type Place = (world: World) => Target | Promise<Target>;

type Port = { port: number; targetPort: number; nodePort: number; protocol: Protocol };

/** Each port of a Service at a host: its own ones, or its node ports. */
function targetsAt(world: World, service: string, host: string, name: string, which: 'port' | 'nodePort'): Target[] {
  const ports = world.service(service)['spec'].ports as Port[];
  return ports.map(({ [which]: port, targetPort, protocol }) => {
    const servers = backendsOf(world, service).map((agent) => ({ agent, listener: { protocol, port: targetPort } }));
    return { name, host, port, protocol, servers };
  });
}

/** A Service's node ports at the addresses of some nodes. */
const nodePorts = (world: World, service: string, nodes: KubeObject[]): (Target & { node: string })[] =>
  nodes.flatMap((node) => {
    const { name } = node.metadata;
    const targets = targetsAt(world, service, nodeAddress(node), `node ${name}`, 'nodePort');
    return targets.map((target) => ({ ...target, node: name }));
  });

/** Every port of the Service answers at an address that is not its own. */
export async function expectAtAddress(world: World, clients: string[], name: string, host: string): Promise<void> {
  const targets = targetsAt(world, name, host, host, 'port');
  const actors = clients.map((client) => world.actor(client));
  await world.expectCells(allAllowed(actors, targets), host);
}

/** The first of a Service's node ports, at the node of a Pod. */
export async function nodePortOf(world: World, name: string, pod: string): Promise<Target> {
  const { node } = world.actor(pod);
  const nodes = (await world.worker.nodes()).filter(({ metadata }) => metadata.name === node);
  return nodePorts(world, name, nodes)[0] as Target;
}

/** Every node answers at every port. */
export async function expectNodePorts(world: World, client: string, name: string): Promise<void> {
  const targets = nodePorts(world, name, await world.worker.nodes());
  await world.expectCells(allAllowed([world.actor(client)], targets), `${client} to node ports`);
}

/** Nodes without one of the Service's Pods do not answer who is outside of them; those with one see who it is. */
export async function expectLocalNodePorts(world: World, client: string, name: string, server: string): Promise<void> {
  const from = world.actor(client);
  const { node } = world.actor(server);
  // a node is no outsider to itself
  const others = (await world.worker.nodes()).filter(({ metadata }) => metadata.name !== from.node);
  const targets = nodePorts(world, name, others);
  const cells = targets.map((to): Cell => ({ from, to, expected: to.node === node ? 'allowed' : 'denied' }));
  await world.expectCells(cells, `${client} to node ports`);
  const open = cells.filter(({ expected }) => expected === 'allowed');
  await expectSeen(world, from, open);
}

/** The servers see the client at the address that the API shows for it. */
async function expectSeen(world: World, from: Actor, cells: Cell[]): Promise<void> {
  const { answerMs } = world;
  const { results } = await world.looking.once(answerMs, () => runRound(cells, answerMs));
  for (const { cell, report } of results) {
    equal(report?.seen, from.ip, `behind ${cell.to.name} ${from.name} is seen as ${report?.seen}, and is ${from.ip}`);
  }
  ok(results.length > 0);
}

/** Ten connections to each: those that stay on the client's node are no more than half. */
export async function expectSeenBehind(world: World, client: string, targets: string[]): Promise<void> {
  const from = world.actor(client);
  const tenfold = targets.flatMap((target) => Array.from({ length: 10 }, () => world.target(target)));
  await expectSeen(world, from, allAllowed([from], tenfold));
}
