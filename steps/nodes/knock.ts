import { ok } from 'node:assert';
import { BrokenError } from '../outcome.ts';
import { keptAll, wasMade } from '../probe/index.ts';
import { undecided } from '../verdicts.ts';
import type { NetvetWorld } from '../world.ts';

const everyMs = 20;

/** Nobody answers, so an attempt is over soon, and the next ones are on their way. */
const patienceMs = 500;

const noteKey = (client: string, server: string): string => `knocking of ${client} at ${server}`;

/** A fresh connection every 20 ms from now on, none of which may come through. */
export async function knockSteadily(world: NetvetWorld, client: string, server: string): Promise<void> {
  const { host, port } = world.target(server);
  const key = world.freshKey();
  await world.actor(client).channel.request('stream', { key, host, port, everyMs, timeoutMs: patienceMs });
  world.notes.set(noteKey(client, server), key);
  world.defer(() => world.actor(client).channel.request('streamed', { key, stop: true }, patienceMs));
}

/** Ends the knocking and fails if any of it was heard or answered. */
export async function expectUnheard(world: NetvetWorld, client: string, server: string): Promise<void> {
  const key = world.notes.get(noteKey(client, server)) as string;
  const { reports } = await world.actor(client).channel.request('streamed', { key, stop: true }, patienceMs);
  if (!reports.some(wasMade)) throw new BrokenError(`${client} did not knock at ${server}`);
  const { channel } = world.actor(server);
  // whoever is gone has heard nothing, and proves nothing
  if (channel.lost) throw new BrokenError(`${server} is lost`);
  await keptAll(world.actor(server));
  const { arrivals } = await channel.request('arrivals', { prefix: `${key}.` });
  const times = reports.map(({ at }) => at);
  const [began, ended] = [Math.min(...times), Math.max(...times)];
  const { clock, still } = world.actor(client).channel;
  const ms = still.longest(clock.toHarness(began), clock.toHarness(ended));
  const answered = reports.filter(({ outcome }) => outcome === 'connected').length;
  world.measure(`knocks, ${client} at ${server}`, reports.length, '');
  const first = reports.find(({ nonce }) => arrivals.some((arrival) => arrival.nonce === nonce));
  const when = first === undefined ? '' : `, ${((first.at - began) / 1000).toFixed(2)} s after the first knock`;
  ok(
    arrivals.length === 0 && answered === 0,
    `${arrivals.length} of ${reports.length} knocks of ${client} reached ${server}${when}`,
  );
  // a hole that opens and closes while nobody knocks is not seen
  const isBlind = ms > world.parameters.bounds.gapMs.attempts;
  if (isBlind) throw undecided({ sound: reports.length, void: 1, stood: { who: client, ms } });
}
