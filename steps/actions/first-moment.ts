import { ok } from 'node:assert';
import { BrokenError } from '../outcome.ts';
import { parseTarget } from '../probe/index.ts';
import type { AgentPod } from '../workloads/index.ts';
import type { NetvetWorld } from '../world.ts';
import { podOf } from './pods.ts';

/** How the newcomers dial: so often, for so long, in ms. */
const dialling = { everyMs: 10, forMs: 1_500, timeoutMs: 500 };

const usual = [
  { port: 8080, protocol: 'TCP' },
  { port: 8080, protocol: 'UDP' },
] as const;

const prefixOf = (world: NetvetWorld, pod: string): string => world.notes.get(`dial ${pod}`) as string;

/** Starts Pods whose first line of code dials a Pod: the port that `target` names, else TCP and UDP 8080. */
export async function startDialling(
  world: NetvetWorld,
  namespace: string,
  target: string,
  rows: Record<string, string>[],
): Promise<void> {
  const { name: server, port, protocol } = parseTarget(target);
  const { ip: host } = world.actor(server);
  const ports = port === undefined ? usual : [{ port, protocol }];
  const pods = rows.map(async (row): Promise<[string, AgentPod]> => {
    const name = row['Pod'] as string;
    world.notes.set(`dial ${name}`, `dial-${world.freshKey()}-`);
    const targets = ports.map((one) => ({ ...one, host }));
    return [name, { ...(await podOf(world, row)), dial: { prefix: prefixOf(world, name), targets, ...dialling } }];
  });
  await world.start(namespace, Object.fromEntries(await Promise.all(pods)));
}

/** What came in of a Pod's dialling, once it is over. */
async function heard(world: NetvetWorld, server: string, client: string) {
  const { channel } = world.actor(client);
  const { reports } = await channel.request('dialled', {}, dialling.forMs + dialling.timeoutMs);
  if (reports.length === 0) throw new BrokenError(`${client} has not dialled`);
  if (world.actor(server).channel.lost) throw new BrokenError(`${server} is lost`);
  const { startedAt } = await channel.request('hello', {});
  const { arrivals } = await world.actor(server).channel.request('arrivals', { prefix: prefixOf(world, client) });
  const clock = world.actor(server).channel.clock;
  const first = arrivals.toSorted((a, b) => a.at - b.at)[0];
  // what the shell sent before Node began counts as sent at its start
  const sinceStart = first && clock.toHarness(first.at) - channel.clock.toHarness(startedAt);
  const firstMs = sinceStart && Math.max(0, sinceStart);
  return { arrivals, firstMs, tried: reports.length, reports };
}

export async function hasHeard(world: NetvetWorld, server: string, client: string): Promise<void> {
  const { firstMs, tried } = await heard(world, server, client);
  ok(firstMs !== undefined, `${client} dialled ${server} ${tried} times from its start on, and nothing arrived`);
  world.measure(`first arrival after the start of ${client}`, firstMs, 'ms');
}

/** The control is the Pod that was heard in the same seconds: the server listens. */
export async function neverHeard(world: NetvetWorld, server: string, client: string): Promise<void> {
  const { arrivals, firstMs, tried, reports } = await heard(world, server, client);
  const answered = reports.filter(({ outcome }) => outcome === 'connected').length;
  world.measure(`attempts of ${client}`, tried, '');
  const when = firstMs === undefined ? '' : `, the first one ${Math.round(firstMs)} ms after its start`;
  ok(
    arrivals.length === 0 && answered === 0,
    // not "of so many": those that its shell sent before Node began are not in the count of what was tried
    `${client} reached ${server} ${Math.max(arrivals.length, answered)} times${when}`,
  );
}
