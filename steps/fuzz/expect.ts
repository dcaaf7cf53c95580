import { AssertionError } from 'node:assert';
import { BrokenError, mediaTypes } from '../outcome.ts';
import { cellOf } from '../verdicts.ts';
import type { World } from '../world.ts';
import { caseText, parseCase } from './feature.ts';
import { follow, type Wrong, watch } from './look.ts';
import type { Matrix } from './matrix.ts';
import { type Drawn, draw } from './search.ts';
import { type Smallest, shrink } from './shrink.ts';
import { namespaceNames } from './standing.ts';
import { type Failure, failureText } from './words.ts';

export { useMatrix } from './standing.ts';

const matrixOf = (world: World): Matrix => world.notes.get('matrix') as Matrix;
const drawnOf = (world: World): Drawn => world.notes.get('case') as Drawn;

/** Draws the case of that name and puts it on the standing Pods. */
export async function applyCase(world: World, text: string): Promise<void> {
  const name = parseCase(text);
  if (name === undefined) throw new BrokenError(`"${text}" names no generated case: say seed:number, such as 1:17`);
  const matrix = matrixOf(world);
  const one = draw(matrix.place, name);
  world.notes.set('case', { name, one } satisfies Drawn);
  await matrix.apply(one);
}

/** Follows the policies until every connection is as the oracle says. Fails with the smallest case that fails too. */
export async function expectDocumented(world: World): Promise<void> {
  const drawn = drawnOf(world);
  const judged = matrixOf(world).cells(drawn.one);
  const { wrong, convergence } = await follow(world, judged);
  const denied = judged.filter(({ cell }) => cell.expected === 'denied').length;
  world.measure('connections allowed', judged.length - denied, 'connections');
  world.measure('connections denied', denied, 'connections');
  if (wrong.length === 0) return world.measureConvergence(convergence, '');
  // those of a right matrix are many and say nothing
  world.attach(JSON.stringify(convergence.last.results.map(cellOf)), mediaTypes.cells);
  throw failed(world, { wrong, total: judged.length, smallest: await shrinkOnce(world, drawn, wrong) });
}

/** Takes the policies away; the labels stay. */
export async function removePolicies(world: World): Promise<void> {
  await matrixOf(world).clear();
}

/** Waits until everything is allowed, which a single round shows: the next case begins with clean Pods. */
export async function expectAllAllowed(world: World): Promise<void> {
  const judged = matrixOf(world).cells();
  const wrong = await watch(world, judged, world.parameters.bounds.changeMs);
  if (wrong.length === 0) return;
  const smallest = 'these connections stayed closed after its policies were deleted';
  throw failed(world, { wrong, total: judged.length, smallest, deleted: true });
}

let shrunk = false;

/** One search per worker: what fails after it mostly fails for the same reason, and each takes a minute. */
async function shrinkOnce(world: World, drawn: Drawn, wrong: Wrong[]): Promise<Smallest | string> {
  if (shrunk)
    return 'a smaller one has been looked for in another case of the run, and this one is shrunk when it is run alone';
  shrunk = true;
  return shrink(world, matrixOf(world), drawn, wrong);
}

function failed(world: World, failure: Omit<Failure, 'command' | 'one'>): AssertionError {
  const { name, one } = drawnOf(world);
  const command = `netvet run --fuzz 1 --seed ${caseText(name)}`;
  const message = failureText(matrixOf(world).place, namespaceNames, { command, one, ...failure });
  return new AssertionError({ message });
}
