import { ok } from 'node:assert';
import { heldNow } from '../held.ts';
import { cadence } from '../waits.ts';
import type { World } from '../world.ts';

/** The held connection is still open, with the Pod that it had, and its lines come back. */
export async function expectGoesOn(world: World, client: string, server: string): Promise<void> {
  const timeoutMs = world.parameters.bounds.attemptMs.least;
  const { state, errno, id, silentMs, longestGap } = await world.looking.once(timeoutMs, () => heldNow(world, client));
  world.measure('longest silence of the open connection', longestGap, 'ms');
  const now = world.nameOf(id) ?? id;
  const whole = state === 'open' && now === server && silentMs < timeoutMs;
  ok(whole, `the connection with ${now} is ${state} ${errno ?? ''} and has been silent for ${Math.round(silentMs)} ms`);
  const bound = world.parameters.bounds.gapMs.attempts + standing(world, Number.POSITIVE_INFINITY);
  ok(
    longestGap <= bound,
    `the connection with ${now} was silent for ${Math.round(longestGap)} ms, longer than ${bound} ms`,
  );
}

/** For how long the scenario's agents stood still lately, the one that did so most, in ms. */
function standing(world: World, lately: number): number {
  const now = performance.now();
  return Math.max(0, ...[...world.actors.values()].map(({ channel }) => channel.still.sum(now - lately, now)));
}

/** Datagrams from one port: to whoever tracks connections, one flow that never ends. */
export async function talk(world: World, client: string, target: string, server: string): Promise<void> {
  const { host, port } = world.target(target);
  const key = world.freshKey();
  await world.actor(client).channel.request('talk', { key, host, port, everyMs: cadence.steady });
  world.notes.set('talk', key);
  world.defer(() => world.actor(client).channel.request('talked', { key, newest: 0, stop: true }));
  await expectTalk(world, client, server);
}

/** Follows the last change until the newest datagrams are answered, and all by that Pod. */
export async function expectTalk(world: World, client: string, server: string): Promise<void> {
  const { channel } = world.actor(client);
  const key = world.notes.get('talk') as string;
  await world.looking.follow(`datagrams of ${client} are answered by ${server}`, async () => {
    const { sent, answers, at } = await channel.request('talked', { key, newest: 3, stop: false });
    const age = answers[0] === undefined ? Number.POSITIVE_INFINITY : at - answers[0].at;
    const servers = [...new Set(answers.map(({ id }) => world.nameOf(id) ?? id))];
    const isFresh = age < 10 * cadence.steady + standing(world, 10 * cadence.steady);
    const right = isFresh && servers.length === 1 && servers[0] === server;
    const who = servers.join(' and ') || 'nobody';
    return { right, seen: `of ${sent} datagrams, the last ones were answered by ${who}, ${Math.round(age)} ms ago` };
  });
}
