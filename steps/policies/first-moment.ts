import { AssertionError, ok } from 'node:assert';
import type { DataTable } from '@cucumber/cucumber';
import type { Actor } from '../actor.ts';
import { BrokenError } from '../outcome.ts';
import {
  type Arrival,
  type Cell,
  type Dial,
  keptAll,
  type Listener,
  longestStretch,
  parseTarget,
  wasMade,
} from '../probe/index.ts';
import { startPods } from '../probes.ts';
import type { World } from '../world.ts';

/** How the newcomers dial, in ms. Those that must not be heard dial for `atLeastMs` without standing still. */
const dialling = { everyMs: 10, timeoutMs: 500 };
const atLeastMs = 1_500;

/** The ports that are dialled where a scenario names none. */
export const ports = [
  { port: 8080, protocol: 'TCP' },
  { port: 8080, protocol: 'UDP' },
] as const;

interface Dialled {
  /** Its nonces begin so. */
  prefix: string;
  listeners: Listener[];
}

const dialledBy = (world: World, pod: string): Dialled => world.notes.get(`dial ${pod}`) as Dialled;

/** What a Pod dials from its first line on: every port of every host, for as long as a change may be followed. */
export function dialOf(
  world: World,
  prefix: string,
  hosts: string[],
  listeners: readonly Listener[],
  how: { everyMs: number; timeoutMs: number },
): Dial {
  const targets = hosts.flatMap((host) => listeners.map((one) => ({ ...one, host })));
  return { prefix, targets, forMs: longestStretch * world.parameters.bounds.changeMs, ...how };
}

/** Starts Pods whose first line of code dials a Pod: the port that `target` names, else TCP and UDP 8080. */
export async function startDialling(world: World, namespace: string, target: string, table: DataTable): Promise<void> {
  const { name: server, port, protocol } = parseTarget(target);
  const { ip: host } = world.actor(server);
  const dialled = port === undefined ? [...ports] : [{ port, protocol }];
  await startPods(world, namespace, table, (pod) => {
    const prefix = `dial-${world.freshKey()}-`;
    world.notes.set(`dial ${pod}`, { prefix, listeners: dialled } satisfies Dialled);
    return dialOf(world, prefix, [host], dialled, dialling);
  });
}

/** When the first came in, in ms after the client's start. 0: nothing did, or its shell sent it before Node began. */
export async function firstMs(server: Actor, client: Actor, arrivals: Arrival[]): Promise<number> {
  const { startedAt } = await client.channel.request('hello', {});
  const first = Math.min(...arrivals.map(({ at }) => server.channel.clock.toHarness(at)));
  return arrivals.length === 0 ? 0 : Math.max(0, first - client.channel.clock.toHarness(startedAt));
}

/** The client goes on dialling until it is heard: a rule that lets it in may come late. */
export async function hasHeard(world: World, server: string, client: string): Promise<void> {
  const [from, to] = [world.actor(client), world.actor(server)];
  const arrivals = await world.looking.heard(to, dialledBy(world, client).prefix);
  await from.channel.request('dialled', { atLeastMs: 0 }, dialling.timeoutMs);
  const seconds = world.parameters.bounds.changeMs / 1000;
  ok(arrivals.length > 0, `${client} dialled ${server} from its start on, and nothing arrived for ${seconds} s`);
  world.measure(`first arrival after the start of ${client}`, await firstMs(to, from, arrivals), 'ms');
}

/** Controls: whoever was heard in the same seconds, and a Pod that reaches the silent one or that it reaches. */
export async function neverHeard(
  world: World,
  server: string,
  client: string,
  other: string,
  how: 'it reaches' | 'it is reached',
): Promise<void> {
  const [from, to] = [world.actor(client), world.actor(server)];
  const { reports } = await from.channel.request('dialled', { atLeastMs }, longestStretch * atLeastMs);
  if (!reports.some(wasMade)) throw new BrokenError(`${client} has not dialled`);
  const [caller, called] = how === 'it reaches' ? [client, other] : [other, client];
  const cell: Cell = { from: world.actor(caller), to: world.target(called), expected: 'allowed' };
  const seen = await world.looking.control([cell]);
  ok(seen === undefined, seen);
  const { prefix, listeners } = dialledBy(world, client);
  await keptAll(to, listeners);
  const { arrivals } = await to.channel.request('arrivals', { prefix });
  const answered = reports.filter(({ outcome }) => outcome === 'connected').length;
  world.measure(`attempts of ${client}`, reports.length, '');
  if (arrivals.length === 0 && answered === 0) return;
  const first =
    arrivals.length === 0 ? '' : `, the first one ${Math.round(await firstMs(to, from, arrivals))} ms after its start`;
  // not "of so many": those that its shell sent before Node began are not in the count of what was tried
  const message = `${client} reached ${server} ${Math.max(arrivals.length, answered)} times${first}`;
  throw new AssertionError({ message });
}
