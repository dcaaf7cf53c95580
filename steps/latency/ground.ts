import type { Actor } from '../actor.ts';
import type { KubeObject } from '../kube/index.ts';
import { BrokenError } from '../outcome.ts';
import { allAllowed, type Target, witness } from '../probe/index.ts';
import { endpointSlice, type ServicePort } from '../workloads/index.ts';
import type { World } from '../world.ts';

/** Who dials, from where, and whom. */
export interface Ground {
  /** One on every node. */
  clients: Actor[];
  servers: [Actor, Actor];
}

const noteKey = 'the clients and servers of changes';
export const groundOf = (world: World): Ground => world.notes.get(noteKey) as Ground;

const listener = { protocol: 'TCP', port: 8080 } as const;
/** What every Service here has, and how its EndpointSlice calls it. */
export const ports: ServicePort[] = [{ port: 80, targetPort: listener.port }];

/** A client on every node, and two servers, on two nodes if there are. */
export async function openGround(world: World): Promise<void> {
  world.skipIf(world.parameters.unavailable['EndpointSlices']);
  await world.makeNamespace('shop');
  const nodes = await world.worker.nodes();
  const clients = nodes.map(({ metadata }, i) => [`client-${i + 1}`, { listeners: [], node: metadata.name }] as const);
  const servers = [1, 2].map(
    async (i) => [`server-${i}`, { listeners: [listener], node: await world.worker.nodeCalled(i) }] as const,
  );
  const pods = Object.fromEntries([...clients, ...(await Promise.all(servers))]);
  const actors = await world.start('shop', pods);
  const [first, second] = actors.splice(clients.length) as [Actor, Actor];
  world.notes.set(noteKey, { clients: actors, servers: [first, second] } satisfies Ground);
}

/** An EndpointSlice by hand, called like its Service: what a controller takes says nothing of the network. */
export function sliceOf(namespace: string, name: string, servers: Actor[]): KubeObject {
  const addresses = servers.map(({ ip }) => ip);
  return endpointSlice(namespace, name, name, addresses, [{ name: '', ...listener }]);
}

/** Undefined once each Service has answered every client, else what was seen. BrokenError: too few looks to say. */
export function allAnswer(world: World, hosts: string[], servers: Actor[], budgetMs: number) {
  const behind = servers.map((agent) => ({ agent, listener }));
  const targets = hosts.map((host): Target => ({ name: host, host, port: 80, protocol: 'TCP', servers: behind }));
  return world.looking.control(allAllowed(groundOf(world).clients, targets), budgetMs);
}

/** How well the times of all of them are known, in ms. */
export function precisionOf(world: World): number {
  const { clients, servers } = groundOf(world);
  return Math.max(...[...clients, ...servers].map(({ channel }) => channel.clock.precision));
}

/** BrokenError unless the server listens, and its log has everything since then (harness time). */
export async function vouch(server: Actor, since: number): Promise<void> {
  const { alive, whole } = await witness(server, [], [listener], since);
  if (!alive.every(Boolean)) throw new BrokenError(`${server.name} does not answer on its own localhost`);
  if (!whole) throw new BrokenError(`more arrived at ${server.name} than its log keeps`);
}
