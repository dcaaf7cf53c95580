import { BrokenError } from './outcome.ts';
import { cadence } from './waits.ts';
import type { World } from './world.ts';

/** Opens a connection on which a line goes out and comes back every 20 ms until the scenario ends. */
export async function hold(world: World, client: string, target: string): Promise<void> {
  const { host, port } = world.target(target);
  const { channel } = world.actor(client);
  const asked = { key: 'held', host, port, everyMs: cadence.steady, timeoutMs: world.answerMs };
  const report = await channel.request('hold', asked, asked.timeoutMs);
  if (report.state !== 'open')
    throw new BrokenError(`control: ${client} could not open a connection to ${target}: ${report.errno}`);
  // its channel may be another one by then
  world.defer(() => world.actor(client).channel.request('release', { key: 'held' }));
}

/** How the held connection is, and for how long it has been silent, in ms. */
export async function heldNow(world: World, client: string) {
  const { channel } = world.actor(client);
  const report = await channel.request('held', { key: 'held' });
  return { ...report, silentMs: report.at - report.lastEchoAt, lastEcho: channel.clock.toHarness(report.lastEchoAt) };
}

/** What became of an open connection: in a word, and for one that was cut the ms from the policy to its last echo. */
export interface Fate {
  word: 'kept' | 'cut' | `cut after ${number} ms`;
  afterMs?: number;
}

/**
 * Kept: open, and a line came back lately. Cut: no line that came back is younger than the policy. Cut after t: the
 * last one came back t ms after it; a line goes out every 20 ms, so t is true to that. Both by the same clock, in ms.
 */
export function fateOf(
  { state, silentMs, lastEcho }: { state: string; silentMs: number; lastEcho: number },
  changedAt: number,
): Fate {
  if (state === 'open' && silentMs < 25 * cadence.steady) return { word: 'kept' };
  const afterMs = Math.round(lastEcho - changedAt);
  return afterMs <= 0 ? { word: 'cut', afterMs: 0 } : { word: `cut after ${afterMs} ms`, afterMs };
}

/** Reports what became of the connection that was open when the policy appeared: kept, cut, or cut after how long. */
export async function reportHeld(world: World, client: string): Promise<void> {
  const held = await heldNow(world, client);
  const { word, afterMs } = fateOf(held, world.changedAt);
  if (afterMs !== undefined) world.measure('an open connection was cut after', afterMs, 'ms');
  const how = held.state === 'open' ? 'it fell silent' : `it was closed, ${held.errno ?? 'end of file'}`;
  world.observe(`a connection that was open before the policy was ${word}${afterMs === undefined ? '' : ` (${how})`}`);
}
