import { BrokenError } from '../outcome.ts';
import { type AttemptReport, steadyAccount } from '../probe/index.ts';
import type { NetvetWorld } from '../world.ts';

const everyMs = 20;

/** A question waits so much longer than a gap may be: what comes late is a gap, and what never comes is lost. */
const graceMs = 2_000;

interface Asking {
  client: string;
  target: string;
  key: string;
  /** Milliseconds after which a question is lost. */
  patienceMs: number;
}

const noteKey = 'asked all the time';
const all = (world: NetvetWorld): Asking[] => (world.notes.get(noteKey) ?? []) as Asking[];

/** A fresh connection every 20 ms from now on, each with a question. Any number of Pods may do so at once. */
export async function askSteadily(world: NetvetWorld, client: string, target: string): Promise<void> {
  const { host, port } = world.target(target);
  const key = world.freshKey();
  const patienceMs = world.gapMs('attempts') + graceMs;
  await world.actor(client).channel.request('stream', { key, host, port, everyMs, timeoutMs: patienceMs });
  world.notes.set(noteKey, [...all(world), { client, target, key, patienceMs }]);
  // its channel may be another one by then
  world.defer(() => world.actor(client).channel.request('streamed', { key, stop: true }, patienceMs));
}

/** Ends the questions and fails if one was not answered, or if none was for longer than the profile allows. */
export async function judgeSteady(world: NetvetWorld): Promise<void> {
  for (const { client, target, key, patienceMs } of all(world)) {
    const { channel } = world.actor(client);
    const servers = world.target(target).servers.map(({ agent }) => agent);
    // before it is judged everybody says how it stood
    await Promise.all(servers.map((server) => server.channel.request('ping', {})));
    const { reports } = await channel.request('streamed', { key, stop: true }, patienceMs);
    if (reports.length === 0) throw new BrokenError(`${client} asked ${target} nothing`);
    const account = steadyAccount(world.actor(client), servers, reports, patienceMs);
    world.measure(`questions, ${client} to ${target}`, reports.length, 'questions');
    world.measure(`questions lost, ${client} to ${target}`, account.lost.length, 'questions');
    world.judgeSteady(account, 'attempts', `${client} to ${target}`, () => {
      const { lost } = account;
      return `questions were lost: ${lost.length} of ${reports.length} from ${client} to ${target}: ${listed(lost, reports)}`;
    });
  }
}

/** When, and what came instead, the first ten. */
function listed(lost: AttemptReport[], reports: AttemptReport[]): string {
  const began = Math.min(...reports.map(({ at }) => at));
  const words = lost.slice(0, 10).map(({ at, outcome, errno = '' }) => {
    return `${((at - began) / 1000).toFixed(2)} s after the first one: ${outcome} ${errno}`.trim();
  });
  return [...words, ...(lost.length > 10 ? [`and ${lost.length - 10} more`] : [])].join('; ');
}
