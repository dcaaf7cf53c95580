import { ok } from 'node:assert';
import type { Actor } from '../actor.ts';
import { BrokenError } from '../outcome.ts';
import { type AttemptReport, longestStretch } from '../probe/index.ts';
import { pairs } from '../tables.ts';
import type { AgentPod } from '../workloads/index.ts';
import type { NetvetWorld } from '../world.ts';
import { dialOf, ports } from './first-moment.ts';

/**
 * How newcomers dial and are dialled, in ms: for so long after they were heard, without standing still. Seldom enough that the dialling of
 * many disturbs no start.
 */
const dialling = { everyMs: 25, timeoutMs: 400 };
const atLeastMs = 1_000;
/** Pods that start at once: the next ones start while these still dial. */
const batch = 10;

interface Starts {
  starts: number;
  labels: string;
  namespace: string;
  /** Whom they may not reach. */
  closed: string;
  /** Whom they may reach: it hears from each of them, so it knows its address at once, and dials it, which it may not. */
  open: string;
}

/** What became of one start. */
interface Newcomer {
  /** Packets of it that reached the closed Pod, and packets that reached it; each seen at either end. */
  out: number;
  in: number;
  tried: number;
  /** Milliseconds from its first line until the Pod that it may reach has heard from it; 0 if only the shell before it was faster. */
  openMs: number;
}

/**
 * Starts the Pods in batches, and notes what got through of what each dialled and was dialled with. Fails when one
 * was never heard by the Pod that it may reach.
 */
export async function startInBatches(world: NetvetWorld, asked: Starts): Promise<void> {
  const key = world.freshKey();
  const calling = { callers: `dial-${key}-`, prefix: `back-${key}-`, ports: [...ports], ...dialling, forMs: atLeastMs };
  await world.actor(asked.open).channel.request('callBack', calling);
  const watched: Promise<Newcomer[]>[] = [];
  for (let begun = 0; begun < asked.starts; begun += batch) {
    const names = Array.from({ length: Math.min(batch, asked.starts - begun) }, (_, i) => `newcomer-${begun + i}`);
    const actors = await startBatch(world, asked, key, names);
    const seen = Promise.all(actors.map((actor) => watch(world, asked, key, actor)));
    // one that breaks is met below
    seen.catch(() => {});
    watched.push(seen);
  }
  world.notes.set('newcomers', (await Promise.all(watched)).flat());
  // the Pods are gone again: there is no change left to follow
  world.late = 'nothing';
}

/** Resolves with the Pods once they run and can be asked; they dial by then. */
async function startBatch(world: NetvetWorld, asked: Starts, key: string, names: string[]): Promise<Actor[]> {
  const hosts = [world.actor(asked.closed).ip, world.actor(asked.open).ip];
  const labels = pairs(asked.labels);
  const pods = names.map((name): [string, AgentPod] => {
    const dial = { ...dialOf(world, `dial-${key}-${name}`, hosts, ports), ...dialling };
    return [name, { labels, listeners: [...ports], dial }];
  });
  return world.start(asked.namespace, Object.fromEntries(pods));
}

/** What a newcomer dialled and was dialled with, from all four ends, once both are over. Then it goes: the next ones need its room. */
async function watch(world: NetvetWorld, asked: Starts, key: string, actor: Actor): Promise<Newcomer> {
  const [closed, open] = [world.actor(asked.closed).channel, world.actor(asked.open).channel];
  const { channel, name, ip, namespace, podName } = actor;
  const lasts = longestStretch * atLeastMs;
  const prefix = `dial-${key}-${name}.`;
  // it goes on dialling until it is heard: a rule that lets it out may come late
  const heard = await world.looking.heard(world.actor(asked.open), prefix);
  const { reports } = await channel.request('dialled', { atLeastMs }, lasts);
  const { startedAt } = await channel.request('hello', {});
  const { alive } = await channel.request('witness', { nonces: [], listeners: [...ports] });
  const reached = await closed.request('arrivals', { prefix });
  const greeted = await open.request('arrivals', { prefix });
  // once it has heard of the newcomer, and not sooner, the open Pod knows whether it calls back
  const back = await open.request('calledBack', { host: ip }, lasts);
  const entered = await channel.request('arrivals', { prefix: `back-${key}-` });
  channel.close();
  await world.kube.delete({ kind: 'Pod', metadata: { name: podName, namespace } }, { grace: 0 });
  const toClosed = reports.filter(({ nonce }) => ports.some((_, i) => nonce.startsWith(`${prefix}${i}.`)));
  const out = Math.max(reached.arrivals.length, toClosed.filter(isAnswered).length);
  const into = Math.max(entered.arrivals.length, back.reports.filter(isAnswered).length);
  const proven = greeted.arrivals.length > 0 && back.reports.length > 0 && toClosed.length > 0 && alive.every(Boolean);
  ok(heard.length > 0 || out + into > 0, `${asked.open}, which ${name} may reach, has not heard from it`);
  // what got through got through, whatever else did not
  if (out + into === 0 && !proven)
    throw new BrokenError(
      `control: ${asked.open}, which ${name} may reach, heard from it ${greeted.arrivals.length} times and called it back ${back.reports.length} times, and ${alive.filter(Boolean).length} of its ${ports.length} listeners answer`,
    );
  // that it is heard is the control, not that it is answered: many start at once, and answers may come too late for the dialler
  const first = Math.min(...greeted.arrivals.map(({ at }) => open.clock.toHarness(at)));
  const openMs = greeted.arrivals.length === 0 ? 0 : Math.max(0, first - channel.clock.toHarness(startedAt));
  return { out, in: into, tried: toClosed.length + back.reports.length, openMs };
}

const isAnswered = ({ outcome }: AttemptReport): boolean => outcome === 'connected';

/** Reports how many Pods started, and how many packets got through; fails when any did. */
export function noneGotThrough(world: NetvetWorld, closed: string): void {
  const all = world.notes.get('newcomers') as Newcomer[];
  const sum = (of: (each: Newcomer) => number) => all.reduce((total, each) => total + of(each), 0);
  const [out, into] = [sum((each) => each.out), sum((each) => each.in)];
  const leaky = all.filter((each) => each.out + each.in > 0).length;
  world.measure('starts', all.length, '');
  world.measure(
    'attempts that may not get through',
    sum(({ tried }) => tried),
    '',
  );
  world.measure('packets that got through', out + into, '');
  world.measure('starts with packets that got through', leaky, '');
  world.measure('longest until what is allowed works', Math.max(...all.map(({ openMs }) => openMs)), 'ms');
  ok(
    out + into === 0,
    `${leaky} of ${all.length} starts let packets through: ${out} reached ${closed}, ${into} reached a Pod that nobody may reach`,
  );
}
