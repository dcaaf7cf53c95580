import { AssertionError, equal, ok } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import { BrokenError } from '../outcome.ts';
import type { Target } from '../probe/index.ts';
import { pairs } from '../tables.ts';
import { type ServicePort, type ServiceSpec, service } from '../workloads/index.ts';
import type { NetvetWorld } from '../world.ts';
import { chiSquare } from './chi-square.ts';
import { follow } from './follow.ts';

/** The rows of a table of Service ports. */
export function portsIn(rows: Record<string, string>[]): ServicePort[] {
  return rows.map((row) => ({
    ...(row['name'] ? { name: row['name'] } : {}),
    port: Number(row['port']),
    targetPort: /^\d+$/.test(row['targetPort'] ?? '') ? Number(row['targetPort']) : (row['targetPort'] as string),
    protocol: (row['protocol'] ?? 'TCP') as 'TCP' | 'UDP',
  }));
}

export async function createService(
  world: NetvetWorld,
  name: string,
  namespace: string,
  spec: ServiceSpec,
): Promise<void> {
  world.services.set(name, await world.create(service(world.namespace(namespace), name, spec)));
}

/** Gives a Service another selector. */
export async function select(world: NetvetWorld, name: string, labels: string): Promise<void> {
  const { metadata, spec } = world.service(name);
  const gone = Object.fromEntries(Object.keys(spec.selector as object).map((key) => [key, null]));
  const selector = { ...gone, ...pairs(labels) };
  const changed = await world.change(() => world.kube.patch({ kind: 'Service', metadata }, { spec: { selector } }));
  world.services.set(name, changed);
}

export async function deleteService(world: NetvetWorld, name: string): Promise<void> {
  const { metadata } = world.service(name);
  await world.change(() => world.kube.delete({ kind: 'Service', metadata }));
}

/** `count` fresh connections; how many each Pod answered, by the names of the scenario. Lost ones count under their outcome. */
async function answers(
  world: NetvetWorld,
  client: string,
  { host, port, protocol }: Target,
  count: number,
): Promise<Map<string, number>> {
  const timeoutMs = world.parameters.probeTimeoutMs;
  const request = { nonce: world.freshKey(), host, port, protocol, count, parallel: 10, timeoutMs };
  const { reports } = await world.actor(client).channel.request('spread', request, (timeoutMs * count) / 10);
  const names = new Map([...world.actors.values()].map((actor) => [actor.podName, actor.name]));
  const seen = new Map<string, number>();
  for (const { outcome, server = '' } of reports) {
    const who = outcome === 'connected' ? (names.get(server) ?? server) : outcome;
    seen.set(who, (seen.get(who) ?? 0) + 1);
  }
  return seen;
}

const inWords = (seen: Map<string, number>): string =>
  [...seen].map(([who, count]) => `${count} from ${who}`).join(', ');

/** Connections of one look: one of two Pods escapes 20 of them once in half a million looks. */
const perLook = 20;

/** Follows the last change until exactly these Pods answer. */
export async function expectAnswers(
  world: NetvetWorld,
  client: string,
  servers: string,
  target: string,
): Promise<void> {
  const expected = servers.split(',').map((name) => name.trim());
  await follow(world, `answers to ${client} from ${servers}`, async () => {
    const seen = await answers(world, client, world.target(target), perLook);
    const right = seen.size === expected.length && expected.every((name) => seen.has(name));
    return {
      right,
      seen: `${perLook} connections from ${client} to ${target} were answered ${inWords(seen)}; expected were ${servers}`,
    };
  });
}

/** Pearson's chi-square test on how connections are spread over the Pods behind a Service. */
export async function expectEvenSpread(
  world: NetvetWorld,
  client: string,
  target: string,
  count: number,
  level: number,
): Promise<void> {
  const servers = world.backends(target.replace(/^Service /, '')).map(({ name }) => name);
  await expectAnswers(world, client, servers.join(', '), target);
  const seen = await answers(world, client, world.target(target), count);
  const counts = servers.map((name) => seen.get(name) ?? 0);
  const answered = counts.reduce((sum, one) => sum + one, 0);
  equal(
    answered,
    count,
    `of ${count} connections, ${answered} were answered by the Pods of the Service: ${inWords(seen)}`,
  );
  const { statistic, critical } = chiSquare(counts, level);
  world.measure('chi-square', statistic, '');
  world.measure(`critical value at the level ${level}`, critical, '');
  for (const [i, name] of servers.entries()) world.measure(`connections to ${name}`, counts[i] as number, '');
  ok(
    statistic <= critical,
    `chi-square is ${statistic.toFixed(2)}, above ${critical} (level ${level}): ${inWords(seen)}`,
  );
}

/** Follows the last change until an attempt is refused at once, not left to time out. */
export async function expectRefused(
  world: NetvetWorld,
  client: string,
  target: Pick<Target, 'host' | 'port' | 'protocol'>,
  what: string,
): Promise<void> {
  const timeoutMs = world.parameters.probeTimeoutMs;
  const { host, port, protocol } = target;
  await follow(world, `${client} is refused at ${what}`, async () => {
    const attempts = [{ nonce: world.freshKey(), host, port, protocol }];
    const { reports } = await world.actor(client).channel.request('probe', { attempts, timeoutMs }, timeoutMs);
    const { outcome = 'error', errno = '', micros = 0 } = reports[0] ?? {};
    if (outcome === 'error') throw new BrokenError(`${client} could not dial: ${errno}`);
    const right = outcome === 'refused' || outcome === 'unreachable' || outcome === 'reset';
    return { right, seen: `${client} to ${what}: ${outcome} ${errno} after ${Math.round(micros / 1000)} ms` };
  });
}

/** Every node's address at the Service's node port, over all its ports. */
export async function expectNodePorts(world: NetvetWorld, client: string, name: string): Promise<void> {
  const { spec } = world.service(name);
  const nodes = await world.worker.nodes();
  const cells = nodes.flatMap(({ metadata, status }) => {
    const host = (status.addresses as { type: string; address: string }[]).find(
      ({ type }) => type === 'InternalIP',
    )?.address;
    return (spec.ports as { port: number; targetPort: number; nodePort: number; protocol: 'TCP' | 'UDP' }[]).map(
      (port) => {
        const servers = world
          .backends(name)
          .map((agent) => ({ agent, listener: { protocol: port.protocol, port: port.targetPort } }));
        const to: Target = {
          name: `node ${metadata.name}`,
          host: host ?? '',
          port: port.nodePort,
          protocol: port.protocol,
          servers,
        };
        return { from: world.actor(client), to, expected: 'allowed' as const };
      },
    );
  });
  await world.expectCells(cells, `${client} to node ports`);
}

const bursts = (world: NetvetWorld, clients: string[], target: string, count: number): Promise<Map<string, number>[]> =>
  Promise.all(clients.map((client) => answers(world, client, world.target(target), count)));

/** Once the Service is there, all connections of a client go to one Pod. */
export async function expectSticky(
  world: NetvetWorld,
  clients: string[],
  count: number,
  target: string,
): Promise<void> {
  const words = (seen: Map<string, number>[]) =>
    clients.map((client, i) => `${client}: ${inWords(seen[i] as Map<string, number>)}`).join('; ');
  const sticks = (seen: Map<string, number>) =>
    seen.size === 1 && [...seen.keys()].every((name) => world.actors.has(name));
  await follow(world, 'every client has its Pod', async () => {
    const seen = await bursts(world, clients, target, 3);
    return { right: seen.every(sticks), seen: words(seen) };
  });
  const seen = await bursts(world, clients, target, count);
  ok(seen.every(sticks), `clients did not stay with one Pod: ${words(seen)}`);
  world.notes.set('sticky', new Map(clients.map((client, i) => [client, [...(seen[i]?.keys() ?? [])][0]])));
}

/**
 * Waits until the affinity has run out (time that has to pass is what the scenario is about), and looks whether a client
 * has come to another Pod. Of 4 clients and 2 Pods, all stay by chance once in 16 times; 4 quiet times make it 1 in 65,536.
 */
export async function expectFreeAgain(
  world: NetvetWorld,
  quietSeconds: number,
  times: number,
  target: string,
): Promise<void> {
  const before = world.notes.get('sticky') as Map<string, string>;
  for (let time = 1; time <= times; time += 1) {
    await delay(quietSeconds * 1000);
    const now = await Promise.all(
      [...before.keys()].map(
        async (client) => [client, [...(await answers(world, client, world.target(target), 1)).keys()][0]] as const,
      ),
    );
    const lost = now.find(([, server]) => world.actors.get(server ?? '') === undefined);
    if (lost !== undefined)
      throw new AssertionError({ message: `after the quiet time, ${lost[0]} got no answer: ${lost[1]}` });
    if (now.some(([client, server]) => server !== before.get(client)))
      return world.measure('quiet times until another Pod', time, '');
  }
  throw new AssertionError({ message: `after ${times} quiet times, every client still came to the same Pod` });
}
