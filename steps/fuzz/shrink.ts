import { BrokenError } from '../outcome.ts';
import { waits } from '../waits.ts';
import type { World } from '../world.ts';
import { follow, type Wrong, watch } from './look.ts';
import type { Judged, Matrix } from './matrix.ts';
import type { Case } from './place.ts';
import { type Drawn, type SearchResult, search } from './search.ts';

export interface Smallest extends SearchResult {
  /** Connections that are wrong in it. */
  wrong: Wrong[];
}

/** Connections that are looked at while shrinking: a few of those that were wrong. */
const focused = 16;
/** No machine is so quick that this many fit into waits.shrink; a bound that does not depend on clocks. */
const mostTries = 500;

/**
 * Looks for the smallest case that still fails, on the cluster itself: each is applied to Pods that were proven to be
 * clean, and fails when some of the connections that were wrong at first are wrong for as long as a look lasts. The
 * last one is then followed over the whole matrix with the whole budget; if it holds there it was only slow, and the
 * case that was drawn is reported.
 */
export async function shrink(world: World, matrix: Matrix, drawn: Drawn, wrong: Wrong[]): Promise<Smallest> {
  const focus = new Set(spread(wrong, focused).map(keyOf));
  const bounds = { mostTries, forMs: waits.shrink };
  const found = await search(matrix.place, drawn, (one) => stillFails(world, matrix, one, focus), bounds);
  if (found.tries === 0) return { ...found, wrong };
  const asDrawn = (cut: string): Smallest => ({ ...found, smallest: drawn.one, wrong, cut });
  try {
    const confirmed = await confirm(world, matrix, found.smallest);
    if (confirmed.length > 0) return { ...found, wrong: confirmed };
    return asDrawn('with one that was right when given more time, so this one is as it was drawn');
  } catch (error) {
    // what was seen of the case that was drawn remains true
    return asDrawn(
      `with one that could not be looked at again, so this one is as it was drawn: ${(error as Error).message}`,
    );
  }
}

const keyOf = ({ connection: { from, to, port, protocol } }: Judged): string =>
  `${from.namespace}/${from.name} ${to.namespace}/${to.name}:${port}/${protocol}`;

/** So many of a list, from all over it. */
function spread<T>(list: T[], most: number): T[] {
  const step = Math.max(1, list.length / most);
  return list.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
}

/** Whether a case is wrong, for as long as a look lasts, on Pods that were proven to be clean. */
async function stillFails(world: World, matrix: Matrix, one: Case, focus: Set<string>): Promise<boolean> {
  await clean(world, matrix, focus);
  await matrix.apply(one);
  const focused = matrix.cells(one).filter((cell) => focus.has(keyOf(cell)));
  return (await watch(world, focused, waits.shrinkLook)).length > 0;
}

/** Takes the policies away. Throws BrokenError when connections stay closed. */
async function clean(world: World, matrix: Matrix, focus?: Set<string>): Promise<void> {
  await matrix.clear();
  const cells = matrix.cells().filter((cell) => focus === undefined || focus.has(keyOf(cell)));
  const closed = await watch(world, cells, waits.baseline);
  if (closed.length > 0) throw new BrokenError('connections stayed closed after policies were deleted');
}

async function confirm(world: World, matrix: Matrix, one: Case): Promise<Wrong[]> {
  await clean(world, matrix);
  await matrix.apply(one);
  return (await follow(world, matrix.cells(one))).wrong;
}
