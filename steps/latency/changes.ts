import { ok } from 'node:assert/strict';
import { latencyOf } from '../../load/index.ts';
import { BrokenError } from '../outcome.ts';
import { waits } from '../waits.ts';
import { service } from '../workloads/index.ts';
import type { World } from '../world.ts';
import { allAnswer, groundOf, ports, precisionOf, sliceOf } from './ground.ts';
import { addAndRemove, createOne, freeAddresses } from './one-change.ts';
import type { Outcome } from './outcome.ts';

/** Makes changes one after the other, until one goes wrong: what each takes is bounded by the budget of the run. */
async function oneByOne<T>(over: T[], change: (each: T, number: number) => Promise<Outcome>): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [i, each] of over.entries()) {
    outcomes.push(await known(() => change(each, i + 1)));
    if (outcomes.at(-1)?.problem !== undefined) break;
  }
  return outcomes;
}

/** A machine may be too busy for the clients at the very moment that counts, but not each time. */
const mostLooks = 3;

/** Makes a change, and again where the clients have missed what it led to. BrokenError: they have each time. */
async function known(change: () => Promise<Outcome>): Promise<Outcome> {
  const missed: string[] = [];
  while (missed.length < mostLooks) {
    const outcome = await change();
    if (outcome.unknown === undefined) return { ...outcome, missed: missed.length };
    missed.push(outcome.unknown);
  }
  throw new BrokenError(`${missed.join(', and again ')}: nothing is known of the silence`);
}

/** Creates so many Services, one after the other. */
export async function createServices(world: World, count: number): Promise<void> {
  const addresses = await freeAddresses(world, count);
  const outcomes = await oneByOne(addresses, (address, number) => createOne(world, `created-${number}`, address));
  world.notes.set('Service', outcomes);
}

/** Adds an endpoint to a Service and removes it, so many times. */
export async function comeAndGo(world: World, times: number): Promise<void> {
  const namespace = world.namespace('shop');
  const [steady] = groundOf(world).servers;
  const slice = await world.create(sliceOf(namespace, 'changing', [steady]));
  const { spec } = await world.create(service(namespace, 'changing', { ports }));
  const address = spec.clusterIP as string;
  const seen = await allAnswer(world, [address], [steady], waits.baseline);
  if (seen !== undefined)
    throw new BrokenError(`control: before its endpoints change, the Service does not answer. ${seen}`);
  const turns = Array.from({ length: times }, (_, i) => i + 1);
  world.notes.set('endpoint', await oneByOne(turns, (i) => addAndRemove(world, address, slice, `endpoint, time ${i}`)));
}

/** Reports p50, p95 and the longest of each time, over the changes that came in time; fails when one did not. */
export function judge(world: World, what: 'Service' | 'endpoint'): void {
  const outcomes = world.notes.get(what) as Outcome[];
  const good = outcomes.filter(({ problem }) => problem === undefined);
  for (const name of Object.keys(good[0]?.times ?? {})) {
    const { p50, p95, max } = latencyOf(good.map(({ times }) => times[name] as number));
    for (const [figure, value] of Object.entries({ p50, p95, max }))
      world.measure(`${what} ${name}, ${figure}`, value, 'ms');
  }
  const gaps = latencyOf(outcomes.map(({ gapMs }) => gapMs));
  world.measure(`longest time between two attempts, ${what}, p50`, gaps.p50, 'ms');
  world.measure(`longest time between two attempts, ${what}, max`, gaps.max, 'ms');
  const missed = outcomes.reduce((sum, outcome) => sum + (outcome.missed ?? 0), 0);
  if (missed > 0) world.measure(`changes made again, because a client paused, ${what}`, missed, '');
  world.measure(`precision of the clocks, ${what}`, precisionOf(world), 'ms');
  const problem = outcomes.at(-1)?.problem;
  ok(problem === undefined, `${problem} (${good.length} before it were in time)`);
}
