import { ok } from 'node:assert';
import type { Actor } from './actor.ts';
import { BrokenError } from './outcome.ts';
import { type AttemptReport, keptAll, wasMade } from './probe/index.ts';
import { beginSteady, listed, type Steady, secondsIn, seenIn } from './steady.ts';
import { undecided } from './verdicts.ts';
import { cadence, waits } from './waits.ts';
import type { World } from './world.ts';

/** One that must not get through has no answer: it is over soon, and the next ones are on their way. */
const patienceMs = 500;

/** A Pod that makes a fresh connection every 20 ms. */
interface Asking extends Steady {
  target: string;
  /** Each connection is a question that must be answered; else none may get through. */
  isQuestion: boolean;
}

const noteKey = 'asked all the time';
const asked = (world: World): Asking[] => (world.notes.get(noteKey) ?? []) as Asking[];

async function begin(world: World, { client, target, timeoutMs, isQuestion }: Omit<Asking, 'key'>): Promise<void> {
  const { host, port } = world.target(target);
  const steady = await beginSteady(world, client, timeoutMs, (channel, key) =>
    channel.request('stream', { key, host, port, everyMs: cadence.steady, timeoutMs }),
  );
  world.notes.set(noteKey, [...asked(world), { ...steady, target, isQuestion }]);
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
    const reports = await seenIn(world, asking, true);
    const what = `questions, ${client} to ${target}`;
    if (reports.length === 0) throw new BrokenError(`${client} asked ${target} nothing`);
    world.measure(what, reports.length, 'questions');
    const lost = async (some: AttemptReport[]) =>
      `questions were lost: ${some.length} of ${reports.length} from ${client} to ${target}:\n${listed(some, reports)}`;
    const others = serversOf(world, target);
    await world.looking.judgeSteady({ kind: 'attempts', what, client: world.actor(client), others, reports, lost });
  }
}

/** Ends a client's questions and counts those not answered in an attempt's time: a rolling update may lose some. */
export async function reportLost(world: World, client: string): Promise<void> {
  const asking = asked(world).find((one) => one.client === client) as Asking;
  const reports = await seenIn(world, asking, true);
  if (reports.length === 0) throw new BrokenError(`${client} sent no request`);
  const isLate = ({ outcome, micros }: AttemptReport) => outcome === 'connected' && micros > world.timeoutMs * 1000;
  const outcomes = reports.map((report) => (isLate(report) ? 'timeout' : report.outcome));
  const lost = outcomes.filter((outcome) => outcome !== 'connected');
  world.measure('requests', reports.length, '');
  world.measure('requests lost', lost.length, '');
  for (const [outcome, all] of Map.groupBy(lost, (one) => one))
    world.measure(`requests lost, ${outcome}`, all.length, '');
}

/** A fresh connection every 20 ms from now on, none of which may get through. */
export const trySteadily = (world: World, client: string, server: string): Promise<void> =>
  begin(world, { client, target: server, timeoutMs: patienceMs, isQuestion: false });

/** Ends the attempts and fails if any of them was heard or answered. */
export async function expectUnheard(world: World, client: string, server: string): Promise<void> {
  const asking = asked(world).find((one) => one.client === client && one.target === server) as Asking;
  const reports = await seenIn(world, asking, true);
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
  const when = first === undefined ? '' : `, ${secondsIn(reports, first.at)} s after the first one`;
  ok(
    arrivals.length === 0 && answered === 0,
    `${arrivals.length} of ${reports.length} attempts of ${client} reached ${server}${when}`,
  );
  // a hole that opens and closes between two attempts is not seen
  const isBlind = ms > world.parameters.bounds.gapMs.attempts;
  if (isBlind) throw undecided({ sound: reports.length, void: 1, stood: { who: client, ms } });
}
