import { ok } from 'node:assert';
import type { Actor } from './actor.ts';
import { BrokenError } from './outcome.ts';
import { type AttemptReport, keptAll, wasMade } from './probe/index.ts';
import { undecided } from './verdicts.ts';
import { waits } from './waits.ts';
import type { World } from './world.ts';

const everyMs = 20;

/** One that must not get through has no answer: it is over soon, and the next ones are on their way. */
const patienceMs = 500;

/** A Pod that makes a fresh connection every 20 ms. */
interface Asking {
  client: string;
  target: string;
  key: string;
  timeoutMs: number;
  /** Each connection is a question that must be answered; else none may get through. */
  isQuestion: boolean;
}

const noteKey = 'asked all the time';
const asked = (world: World): Asking[] => (world.notes.get(noteKey) ?? []) as Asking[];

async function begin(world: World, kind: Omit<Asking, 'key'>): Promise<void> {
  const asking = { ...kind, key: world.freshKey() };
  const { client, target, key, timeoutMs } = asking;
  const { host, port } = world.target(target);
  await world.actor(client).channel.request('stream', { key, host, port, everyMs, timeoutMs });
  world.notes.set(noteKey, [...asked(world), asking]);
  world.defer(() => end(world, asking));
}

/** Ends it, and resolves with what it has seen. Its channel may be another one by then. */
async function end(world: World, { client, key, timeoutMs }: Asking): Promise<AttemptReport[]> {
  return (await world.actor(client).channel.request('streamed', { key, stop: true }, timeoutMs)).reports;
}

const serversOf = (world: World, target: string): Actor[] =>
  world.target(target).servers.map(({ agent }) => agent as Actor);

/** A fresh connection every 20 ms from now on, each with a question. Any number of Pods may do so at once. */
export async function askSteadily(world: World, client: string, target: string): Promise<void> {
  await world.looking.watched([world.actor(client), ...serversOf(world, target)], waits.watchSteady);
  const { timeoutMs } = world.looking.patienceMs('attempts');
  await begin(world, { client, target, timeoutMs, isQuestion: true });
}

/** Ends the questions and fails if one was not answered, or if none was for longer than the profile allows. */
export async function judgeSteady(world: World): Promise<void> {
  const questions = asked(world).filter(({ isQuestion }) => isQuestion);
  if (questions.length === 0) throw new BrokenError('nobody asked anything');
  for (const asking of questions) {
    const { client, target } = asking;
    const reports = await end(world, asking);
    const what = `questions, ${client} to ${target}`;
    if (reports.length === 0) throw new BrokenError(`${client} asked ${target} nothing`);
    world.measure(what, reports.length, 'questions');
    const lost = async (lost: AttemptReport[]) =>
      `questions were lost: ${lost.length} of ${reports.length} from ${client} to ${target}: ${listed(lost, reports)}`;
    const others = serversOf(world, target);
    await world.looking.judgeSteady({ kind: 'attempts', what, client: world.actor(client), others, reports, lost });
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

/**
 * Ends the questions of a client and counts those that were not answered, or later than an attempt waits. A rolling
 * update without a grace period may lose some: not judged here.
 */
export async function reportLost(world: World, client: string): Promise<void> {
  const asking = asked(world).find((one) => one.client === client) as Asking;
  const reports = await end(world, asking);
  if (reports.length === 0) throw new BrokenError(`${client} sent no request`);
  const isLate = ({ outcome, micros }: AttemptReport) => outcome === 'connected' && micros > world.timeoutMs * 1000;
  const outcomes = reports.map((report) => (isLate(report) ? 'timeout' : report.outcome));
  const lost = Map.groupBy(
    outcomes.filter((outcome) => outcome !== 'connected'),
    (outcome) => outcome,
  );
  world.measure('requests', reports.length, '');
  world.measure('requests lost', [...lost.values()].flat().length, '');
  for (const [outcome, all] of lost) world.measure(`requests lost, ${outcome}`, all.length, '');
}

/** A fresh connection every 20 ms from now on, none of which may get through. */
export const trySteadily = (world: World, client: string, server: string): Promise<void> =>
  begin(world, { client, target: server, timeoutMs: patienceMs, isQuestion: false });

/** Ends the attempts and fails if any of them was heard or answered. */
export async function expectUnheard(world: World, client: string, server: string): Promise<void> {
  const asking = asked(world).find((one) => one.client === client && one.target === server) as Asking;
  const reports = await end(world, asking);
  if (!reports.some(wasMade)) throw new BrokenError(`${client} made no attempt to reach ${server}`);
  const { channel } = world.actor(server);
  // whoever is gone has heard nothing, and proves nothing
  if (channel.lost) throw new BrokenError(`${server} is lost`);
  await keptAll(world.actor(server));
  const { arrivals } = await channel.request('arrivals', { prefix: `${asking.key}.` });
  const times = reports.map(({ at }) => at);
  const [began, ended] = [Math.min(...times), Math.max(...times)];
  const { clock, still } = world.actor(client).channel;
  const ms = still.longest(clock.toHarness(began), clock.toHarness(ended));
  const answered = reports.filter(({ outcome }) => outcome === 'connected').length;
  world.measure(`attempts, ${client} to ${server}`, reports.length, '');
  const first = reports.find(({ nonce }) => arrivals.some((arrival) => arrival.nonce === nonce));
  const when = first === undefined ? '' : `, ${((first.at - began) / 1000).toFixed(2)} s after the first one`;
  ok(
    arrivals.length === 0 && answered === 0,
    `${arrivals.length} of ${reports.length} attempts of ${client} reached ${server}${when}`,
  );
  // a hole that opens and closes between two attempts is not seen
  const isBlind = ms > world.parameters.bounds.gapMs.attempts;
  if (isBlind) throw undecided({ sound: reports.length, void: 1, stood: { who: client, ms } });
}
