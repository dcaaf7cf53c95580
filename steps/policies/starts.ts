import { ok } from 'node:assert';
import type { Actor } from '../actor.ts';
import { BrokenError } from '../outcome.ts';
import { type AttemptReport, longestStretch } from '../probe/index.ts';
import type { AgentPod } from '../workloads/index.ts';
import type { World } from '../world.ts';
import { dialOf, firstMs, ports } from './first-moment.ts';

/** How newcomers dial and are dialled, in ms, after they were heard: so seldom that it disturbs no start. */
const dialling = { everyMs: 25, timeoutMs: 400 };
const atLeastMs = 1_000;
/** Pods that start at once: the next ones start while these still dial. */
const batch = 10;

interface Starts {
  key: string;
  /** Whom they may not reach. */
  closed: Actor;
  /** Whom they may reach: it hears from each, so it knows its address at once, and dials it, which it may not. */
  open: Actor;
}

/** What became of one start. */
interface Newcomer {
  /** Packets of it that reached the closed Pod, and packets that reached it; each seen at either end. */
  out: number;
  in: number;
  tried: number;
  /** Milliseconds from its start until the Pod that it may reach has heard from it; 0 if the shell was faster. */
  openMs: number;
}

/** Starts Pods in batches, and notes what got through. Fails when the Pod that one may reach never heard from it. */
export async function startInBatches(
  world: World,
  starts: number,
  labels: Record<string, string>,
  namespace: string,
  closed: string,
  open: string,
): Promise<void> {
  const asked = { key: world.freshKey(), closed: world.actor(closed), open: world.actor(open) };
  const { key } = asked;
  const calling = { callers: `dial-${key}-`, prefix: `back-${key}-`, ports: [...ports], ...dialling, forMs: atLeastMs };
  await asked.open.channel.request('callBack', calling);
  const hosts = [asked.closed.ip, asked.open.ip];
  const watched: Promise<Newcomer[]>[] = [];
  for (let begun = 0; begun < starts; begun += batch) {
    const names = Array.from({ length: Math.min(batch, starts - begun) }, (_, i) => `newcomer-${begun + i}`);
    const pods = names.map((name): [string, AgentPod] => {
      const dial = dialOf(world, `dial-${key}-${name}`, hosts, ports, dialling);
      return [name, { labels, listeners: [...ports], dial }];
    });
    // they run, can be asked, and dial by then
    const actors = await world.start(namespace, Object.fromEntries(pods));
    const seen = Promise.all(actors.map((actor) => watch(world, asked, actor)));
    // one that breaks is met below
    seen.catch(() => {});
    watched.push(seen);
  }
  world.notes.set('newcomers', (await Promise.all(watched)).flat());
  // the Pods are gone again: there is no change left to follow
  world.late = 'nothing';
}

/** What a newcomer dialled and was dialled with, from all four ends, once both are over. Then it goes, to make room. */
async function watch(world: World, { key, closed, open }: Starts, actor: Actor): Promise<Newcomer> {
  const { channel, name, ip, namespace, podName } = actor;
  const lasts = longestStretch * atLeastMs;
  const prefix = `dial-${key}-${name}.`;
  // it goes on dialling until it is heard: a rule that lets it out may come late
  const heard = await world.looking.heard(open, prefix);
  const { reports } = await channel.request('dialled', { atLeastMs }, lasts);
  const { alive } = await channel.request('witness', { nonces: [], listeners: [...ports] });
  const reached = await closed.channel.request('arrivals', { prefix });
  const greeted = await open.channel.request('arrivals', { prefix });
  const openMs = await firstMs(open, actor, greeted.arrivals);
  // once it has heard of the newcomer, and not sooner, the open Pod knows whether it calls back
  const back = await open.channel.request('calledBack', { host: ip }, lasts);
  const entered = await channel.request('arrivals', { prefix: `back-${key}-` });
  channel.close();
  await world.kube.delete({ kind: 'Pod', metadata: { name: podName, namespace } }, { grace: 0 });
  const toClosed = reports.filter(({ nonce }) => ports.some((_, i) => nonce.startsWith(`${prefix}${i}.`)));
  const out = Math.max(reached.arrivals.length, toClosed.filter(isAnswered).length);
  const into = Math.max(entered.arrivals.length, back.reports.filter(isAnswered).length);
  // that it is heard is the control, not that it is answered: many start at once, and answers may come too late
  const proven = greeted.arrivals.length > 0 && back.reports.length > 0 && toClosed.length > 0 && alive.every(Boolean);
  ok(heard.length > 0 || out + into > 0, `${open.name}, which ${name} may reach, has not heard from it`);
  // what got through got through, whatever else did not
  if (out + into === 0 && !proven)
    throw new BrokenError(
      `control: ${open.name}, which ${name} may reach, heard from it ${greeted.arrivals.length} times and ` +
        `called it back ${back.reports.length} times, ` +
        `and ${alive.filter(Boolean).length} of its ${ports.length} listeners answer`,
    );
  return { out, in: into, tried: toClosed.length + back.reports.length, openMs };
}

const isAnswered = ({ outcome }: AttemptReport): boolean => outcome === 'connected';

/** Reports how many Pods started, and how many packets got through; fails when any did. */
export function noneGotThrough(world: World, closed: string): void {
  const all = world.notes.get('newcomers') as Newcomer[];
  const sum = (of: (each: Newcomer) => number) => all.reduce((total, each) => total + of(each), 0);
  const [out, into] = [sum((each) => each.out), sum((each) => each.in)];
  const leaky = all.filter((each) => each.out + each.in > 0).length;
  world.measure('starts', all.length, '');
  const tried = sum((each) => each.tried);
  world.measure('attempts that may not get through', tried, '');
  world.measure('packets that got through', out + into, '');
  world.measure('starts with packets that got through', leaky, '');
  world.measure('longest until what is allowed works', Math.max(...all.map(({ openMs }) => openMs)), 'ms');
  ok(
    out + into === 0,
    `${leaky} of ${all.length} starts let packets through: ${out} reached ${closed}, ` +
      `${into} reached a Pod that nobody may reach`,
  );
}
