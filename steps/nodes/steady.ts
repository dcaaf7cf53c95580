import type { Actor } from '../actor.ts';
import { BrokenError } from '../outcome.ts';
import type { AttemptReport } from '../probe/index.ts';
import { waits } from '../waits.ts';
import type { NetvetWorld } from '../world.ts';

const everyMs = 20;

interface Asking {
  client: string;
  target: string;
  key: string;
  timeoutMs: number;
}

const noteKey = 'asked all the time';
const all = (world: NetvetWorld): Asking[] => (world.notes.get(noteKey) ?? []) as Asking[];

/** A fresh connection every 20 ms from now on, each with a question. Any number of Pods may do so at once. */
export async function askSteadily(world: NetvetWorld, client: string, target: string): Promise<void> {
  const { host, port } = world.target(target);
  const key = world.freshKey();
  const { timeoutMs } = world.looking.patienceMs('attempts');
  const from = world.actor(client);
  await world.looking.watched([from, ...serversOf(world, target)], waits.watchSteady);
  await world.actor(client).channel.request('stream', { key, host, port, everyMs, timeoutMs });
  world.notes.set(noteKey, [...all(world), { client, target, key, timeoutMs }]);
  // its channel may be another one by then
  world.defer(() => world.actor(client).channel.request('streamed', { key, stop: true }, timeoutMs));
}

/** Ends the questions and fails if one was not answered, or if none was for longer than the profile allows. */
export async function judgeSteady(world: NetvetWorld): Promise<void> {
  for (const { client, target, key, timeoutMs } of all(world)) {
    const from = world.actor(client);
    const { reports } = await from.channel.request('streamed', { key, stop: true }, timeoutMs);
    const what = `questions, ${client} to ${target}`;
    if (reports.length === 0) throw new BrokenError(`${client} asked ${target} nothing`);
    world.measure(what, reports.length, 'questions');
    const words = async (lost: AttemptReport[]) =>
      `questions were lost: ${lost.length} of ${reports.length} from ${client} to ${target}: ${listed(lost, reports)}`;
    const traffic = { kind: 'attempts', what, client: from, others: serversOf(world, target), reports } as const;
    await world.looking.judgeSteady({ ...traffic, lost: words });
  }
}

const serversOf = (world: NetvetWorld, target: string): Actor[] =>
  world.target(target).servers.map(({ agent }) => agent as Actor);

/** When, and what came instead, the first ten. */
function listed(lost: AttemptReport[], reports: AttemptReport[]): string {
  const began = Math.min(...reports.map(({ at }) => at));
  const words = lost.slice(0, 10).map(({ at, outcome, errno = '' }) => {
    return `${((at - began) / 1000).toFixed(2)} s after the first one: ${outcome} ${errno}`.trim();
  });
  return [...words, ...(lost.length > 10 ? [`and ${lost.length - 10} more`] : [])].join('; ');
}
