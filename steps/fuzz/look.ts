import { BrokenError } from '../outcome.ts';
import { type CellResult, type Convergence, control, isBroken, runRound, satisfies } from '../probe/index.ts';
import { undecided } from '../verdicts.ts';
import type { World } from '../world.ts';
import type { Judged } from './matrix.ts';

/** A cell that is not as the oracle says. */
export type Wrong = Judged & CellResult;

export interface Found {
  wrong: Wrong[];
  convergence: Convergence;
}

/** What of a round is wrong. Throws BrokenError when a probe broke: such a round says nothing about the network. */
function wrongOf(judged: Judged[], results: CellResult[]): Wrong[] {
  const broken = results.find(isBroken);
  if (broken) throw new BrokenError(`the probe from ${broken.cell.from.name} to ${broken.cell.to.name} broke`);
  return results.flatMap((seen, i) =>
    satisfies(seen.verdict, seen.cell.expected) ? [] : [{ ...(judged[i] as Judged), ...seen }],
  );
}

/** Follows the last change over these cells until all are right, or the budget ends with those that are wrong. */
export async function follow(world: World, judged: Judged[]): Promise<Found> {
  const convergence = await world.followCells(judged.map(({ cell }) => cell));
  if (convergence.undecided) throw undecided(convergence.looks);
  const wrong = wrongOf(judged, convergence.last.results);
  if (wrong.length === 0 && !convergence.held) throw undecided(convergence.looks);
  return { wrong, convergence };
}

/** Nothing as soon as both ends have seen one round that is right; else what was wrong in the last round in time. */
export async function watch(world: World, judged: Judged[], forMs: number): Promise<Wrong[]> {
  let wrong: Wrong[] = [];
  const cells = judged.map(({ cell }) => cell);
  const found = await control(forMs, async () => {
    const round = await runRound(cells, world.timeoutMs);
    const others = wrongOf(judged, round.results);
    if (others.length > 0 && !round.isVoid) wrong = others;
    return round;
  });
  if (found.undecided) throw undecided(found.looks);
  return found.seen === undefined ? [] : wrong;
}
