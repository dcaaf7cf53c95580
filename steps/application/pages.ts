import { ok } from 'node:assert/strict';
import type { Actor } from '../actor.ts';
import { warningsAbout } from '../kube/index.ts';
import { BrokenError } from '../outcome.ts';
import type { AttemptReport, Operations } from '../probe/index.ts';
import { frontendOf, settled } from '../rollout.ts';
import { beginSteady, listed, type Steady, seenIn } from '../steady.ts';
import { waits } from '../waits.ts';
import type { World } from '../world.ts';

/** The shop's page as a visitor finds it: by the Service's name. */
const page = 'http://web/';

/** A page that takes longer is lost to its visitor. */
const patienceOf = (world: World): number => world.looking.patienceMs('pages').lostMs;

type Page = Operations['fetch'][1];

/** Reads the page until it is right, within what a change may take; resolves with the last one. */
function readUntil(world: World, visitor: string, isRight: (page: Page) => boolean): Promise<Page> {
  const timeoutMs = patienceOf(world);
  const fetch = () => world.actor(visitor).channel.request('fetch', { url: page, timeoutMs }, timeoutMs);
  return world.looking.until(timeoutMs, fetch, isRight);
}

/** Reads the page, and fails unless it has come, with all `words` in it, within what a change may take. */
export async function readPage(world: World, visitor: string, words: string[]): Promise<void> {
  const isRight = ({ status, body }: Page) => status === 200 && words.every((word) => body.includes(word));
  const seen = await readUntil(world, visitor, isRight);
  const { outcome, errno = '', status, body, micros } = seen;
  const instead = outcome === 'connected' ? `HTTP ${status}: ${body.slice(0, 500)}` : `${outcome} ${errno}`;
  ok(isRight(seen), `${visitor} should read a page with ${words.join(', ')}, and got ${instead}`);
  world.measure('page', micros / 1000, 'ms');
}

/** Follows the page until a Pod other than `former` makes it: its place was taken. */
export async function readPageOfAnother(world: World, visitor: string, former: string): Promise<void> {
  const { podName } = world.actor(former);
  await settled(world.kube, frontendOf(world));
  const isAnother = ({ status, server }: Page) => status === 200 && server !== undefined && server !== podName;
  const seen = await readUntil(world, visitor, isAnother);
  const { outcome, status, server } = seen;
  ok(isAnother(seen), `no other Pod than ${podName} made the page; last seen: ${outcome} ${status} ${server}`);
}

const visits = (world: World): Steady => world.notes.get('visits') as Steady;

/** Begins to read the page every so many milliseconds, each time on a new connection, until judged. */
export async function beginVisits(world: World, visitor: string, everyMs: number): Promise<void> {
  const { timeoutMs } = world.looking.patienceMs('pages');
  await world.looking.watched(readers(world, visitor), waits.watchSteady);
  const begun = await beginSteady(world, visitor, timeoutMs, (channel, key) =>
    channel.request('visit', { key, url: page, everyMs, timeoutMs }),
  );
  world.notes.set('visits', begun);
}

/** Resolves once every Pod that the frontend now has has made a page. */
export async function madeByAll(world: World, visitor: string): Promise<void> {
  const pods = (await settled(world.kube, frontendOf(world))).map(({ metadata }) => metadata.name);
  const missing = async () => {
    const makers = new Set(
      (await seenIn(world, { ...visits(world), client: visitor }, false)).map(({ server }) => server),
    );
    return pods.filter((pod) => !makers.has(pod));
  };
  const idle = await world.looking.until(patienceOf(world), missing, (left) => left.length === 0);
  ok(idle.length === 0, `Pods of the frontend that never made a page: ${idle.join(', ')}`);
}

/** Whose standing still makes a page late: the agent in front of the database passes its connections on. */
const readers = (world: World, visitor: string): Actor[] => [visitor, 'database'].map((name) => world.actor(name));

/** Ends the visits; fails if one brought no page in time, or if none came for longer than the profile allows. */
export async function judgeVisits(world: World): Promise<void> {
  const { client: visitor } = visits(world);
  const reports = await seenIn(world, visits(world), true);
  if (reports.length === 0) throw new BrokenError(`${visitor} asked for no page`);
  const makers = new Set(reports.map(({ server }) => server).filter((server) => server !== undefined));
  world.measure('pages asked for', reports.length, 'pages');
  world.measure('slowest page', Math.max(...reports.map(({ micros }) => micros)) / 1000, 'ms');
  world.measure('Pods that made pages', makers.size, 'Pods');
  const [client, ...others] = readers(world, visitor) as [Actor, ...Actor[]];
  const lost = async (some: AttemptReport[]) => {
    const warnings = await warningsAbout(world.kube, frontendOf(world).namespace, [...makers]);
    return `${some.length} of ${reports.length} pages were lost${warnings}:\n${listed(some, reports)}`;
  };
  await world.looking.judgeSteady({ kind: 'pages', what: 'pages', client, others, reports, lost });
}
