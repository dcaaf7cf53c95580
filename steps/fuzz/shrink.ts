import * as fc from 'fast-check';
import { BrokenError } from '../outcome.ts';
import { control, runRound } from '../probe/index.ts';
import { waits } from '../waits.ts';
import type { NetvetWorld } from '../world.ts';
import { cases } from './generate/index.ts';
import { follow, type Wrong, wrongOf } from './look.ts';
import type { Judged, Matrix } from './matrix.ts';
import type { Case } from './place.ts';
import { type CaseName, entropyOf } from './seed.ts';

export interface Smallest {
  smallest: Case;
  wrong: Wrong[];
  /** Cases that were tried on the cluster. */
  tries: number;
  seconds: number;
  /** Why it may not be the smallest. */
  cut?: string;
}

/** Connections that are looked at while shrinking: a few of those that were wrong. */
const focused = 16;

/**
 * Looks for the smallest case that still fails, on the cluster itself: fast-check proposes ever smaller ones, each is applied to clean
 * Pods, and those that are wrong at some of the same connections for as long as a look lasts are kept. Ends after waits.shrink or
 * `mostTries`. The last one kept is then followed over the whole matrix with the whole budget; if it holds there, it was only slow,
 * and the case that was drawn is reported.
 */
export async function shrink(
  world: NetvetWorld,
  matrix: Matrix,
  name: CaseName,
  drawn: Case,
  wrong: Wrong[],
): Promise<Smallest> {
  const began = performance.now();
  const focus = new Set(spread(wrong, focused).map(keyOf));
  const known = new Map([[JSON.stringify(drawn), true]]);
  let cut: string | undefined;
  let tries = 0;
  const fails = async (one: Case): Promise<boolean> => {
    const key = JSON.stringify(one);
    const before = known.get(key);
    if (before !== undefined || cut !== undefined) return before ?? false;
    if (tries >= mostTries) cut = `after ${tries} smaller ones`;
    else if (performance.now() - began > waits.shrink) cut = `after ${waits.shrink / 1000} s`;
    if (cut !== undefined) return false;
    tries += 1;
    const still = await stillFails(world, matrix, one, focus).catch((error: Error) => {
      cut = `when ${error.message}`;
      return false;
    });
    known.set(key, still);
    return still;
  };
  const property = fc.asyncProperty(cases(matrix.place), async (one) => !(await fails(one)));
  const { counterexample } = await fc.check(property, { seed: entropyOf(name), numRuns: 1 });
  if (counterexample === null) throw new BrokenError('the case that failed was not drawn again from its seed');
  const confirmed = await confirm(world, matrix, counterexample[0]);
  const seconds = (performance.now() - began) / 1000;
  const result = confirmed.length > 0 ? { smallest: counterexample[0], wrong: confirmed } : { smallest: drawn, wrong };
  if (confirmed.length === 0) cut = 'whose end was right when given more time';
  return { ...result, tries, seconds, ...(cut !== undefined && { cut }) };
}

/** More than these take longer than waits.shrink where looks are quick. */
const mostTries = 200;

const keyOf = ({ connection: { from, to, port, protocol } }: Judged): string =>
  `${from.namespace}/${from.name} ${to.namespace}/${to.name}:${port}/${protocol}`;

/** So many of a list, from all over it. */
function spread<T>(list: T[], most: number): T[] {
  const step = Math.max(1, list.length / most);
  return list.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
}

/** Whether a case is wrong, for as long as a look lasts, on Pods that were proven to be clean. */
async function stillFails(world: NetvetWorld, matrix: Matrix, one: Case, focus: Set<string>): Promise<boolean> {
  await clean(world, matrix, focus);
  await matrix.apply(one);
  const failure = await watch(
    world,
    matrix.cells(one).filter((cell) => focus.has(keyOf(cell))),
    waits.shrinkLook,
  );
  return failure !== undefined;
}

/** Takes the policies away. Throws BrokenError when connections stay closed. */
async function clean(world: NetvetWorld, matrix: Matrix, focus?: Set<string>): Promise<void> {
  await matrix.clear();
  const cells = matrix.cells().filter((cell) => focus === undefined || focus.has(keyOf(cell)));
  const failure = await watch(world, cells, waits.baseline);
  if (failure !== undefined) throw new BrokenError('connections stayed closed after policies were deleted');
}

/** Undefined as soon as one round is right. */
function watch(world: NetvetWorld, judged: Judged[], forMs: number): Promise<string | undefined> {
  return control(forMs, async () => {
    const round = await runRound(
      judged.map(({ cell }) => cell),
      world.parameters.probeTimeoutMs,
    );
    wrongOf(judged, round.results);
    return round;
  });
}

async function confirm(world: NetvetWorld, matrix: Matrix, one: Case): Promise<Wrong[]> {
  await clean(world, matrix);
  await matrix.apply(one);
  return (await follow(world, matrix.cells(one))).wrong;
}
