import { AssertionError } from 'node:assert';
import { BrokenError } from '../outcome.ts';
import type { AttemptReport } from '../probe/index.ts';
import type { NetvetWorld } from '../world.ts';

const everyMs = 20;

/** A question that takes longer is lost: the first packet of its connection was sent three times, at 0, 1 and 3 s. */
const patienceMs = 5_000;

interface Steady {
  client: string;
  target: string;
  key: string;
}

const noteKey = 'asked all the time';
const all = (world: NetvetWorld): Steady[] => (world.notes.get(noteKey) ?? []) as Steady[];

/** A fresh connection every 20 ms from now on, each with a question. Any number of Pods may do so at once. */
export async function askSteadily(world: NetvetWorld, client: string, target: string): Promise<void> {
  const { host, port } = world.target(target);
  const key = world.freshKey();
  await world.actor(client).channel.request('stream', { key, host, port, everyMs, timeoutMs: patienceMs });
  world.notes.set(noteKey, [...all(world), { client, target, key }]);
  // its channel may be another one by then
  world.defer(() => world.actor(client).channel.request('streamed', { key, stop: true }, patienceMs));
}

/** Ends the questions and fails if one was not answered. */
export async function judgeSteady(world: NetvetWorld): Promise<void> {
  const losses: string[] = [];
  for (const { client, target, key } of all(world)) {
    const { channel } = world.actor(client);
    const { reports } = await channel.request('streamed', { key, stop: true }, patienceMs);
    if (reports.length === 0) throw new BrokenError(`${client} asked ${target} nothing`);
    const lost = reports.filter(({ outcome }) => outcome !== 'connected');
    world.measure(`questions, ${client} to ${target}`, reports.length, 'questions');
    world.measure(`questions lost, ${client} to ${target}`, lost.length, 'questions');
    world.measure(
      `slowest answer, ${client} to ${target}`,
      Math.max(...reports.map(({ micros }) => micros)) / 1000,
      'ms',
    );
    if (lost.length > 0)
      losses.push(`${lost.length} of ${reports.length} from ${client} to ${target}: ${listed(lost, reports)}`);
  }
  if (losses.length > 0) throw new AssertionError({ message: `questions were lost:\n${losses.join('\n')}` });
}

/** When, and what came instead, the first ten. */
function listed(lost: AttemptReport[], reports: AttemptReport[]): string {
  const began = Math.min(...reports.map(({ at }) => at));
  const words = lost.slice(0, 10).map(({ at, outcome, errno = '' }) => {
    return `${((at - began) / 1000).toFixed(2)} s after the first one: ${outcome} ${errno}`.trim();
  });
  return [...words, ...(lost.length > 10 ? [`and ${lost.length - 10} more`] : [])].join('; ');
}
