import type { AttemptReport, Channel } from './probe/index.ts';
import type { World } from './world.ts';

/** Attempts that a client makes again every few milliseconds, until they are ended. */
export interface Steady {
  client: string;
  key: string;
  timeoutMs: number;
}

/** Begins them by what `ask` asks of the client's agent; they end with the scenario at the latest. */
export async function beginSteady(
  world: World,
  client: string,
  timeoutMs: number,
  ask: (channel: Channel, key: string) => Promise<unknown>,
): Promise<Steady> {
  const steady = { client, key: world.freshKey(), timeoutMs };
  await ask(world.actor(client).channel, steady.key);
  world.defer(() => seenIn(world, steady, true));
  return steady;
}

/** What they have seen; `end`: they end. What has ended has seen nothing since. */
export async function seenIn(world: World, { client, key, timeoutMs }: Steady, end: boolean): Promise<AttemptReport[]> {
  // its channel may be another one by now
  return (await world.actor(client).channel.request('streamed', { key, stop: end }, timeoutMs)).reports;
}

/** Seconds from the first attempt to another one. */
export const secondsIn = (all: AttemptReport[], at: number): string =>
  ((at - Math.min(...all.map((one) => one.at))) / 1000).toFixed(2);

/** The first 20 of some lines, and how many more there are. */
export const someOf = (lines: string[]): string[] =>
  lines.length > 20 ? [...lines.slice(0, 20), `  and ${lines.length - 20} more`] : lines;

/** One line for each attempt that was lost: when, and what came instead. */
export function listed(lost: AttemptReport[], all: AttemptReport[]): string {
  const lines = lost.map(({ at, micros, outcome, errno = '', server = '' }) => {
    const what = [outcome, errno, server].filter(Boolean).join(' ');
    return `  ${secondsIn(all, at)} s after the first one: ${what} (${(micros / 1000).toFixed(0)} ms)`;
  });
  return someOf(lines).join('\n');
}
