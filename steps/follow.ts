import { AssertionError } from 'node:assert';
import type { Seen } from './looking.ts';
import type { Convergence } from './probe/index.ts';
import { undecided } from './verdicts.ts';
import { cadence, type Schedule } from './waits.ts';
import type { World } from './world.ts';

/**
 * Follows the last change until `look` has found everything right, 3 times in a row over at least 1 s; fails with what
 * was seen last. Measures convergence under that name.
 */
export async function follow(
  world: World,
  name: string,
  look: () => Promise<Seen>,
  schedule: Schedule = cadence.dense,
  timeoutMs = world.timeoutMs,
): Promise<Convergence> {
  const result = await world.looking.followLooks(look, schedule, timeoutMs);
  if (result.undecided) throw undecided(result.looks);
  if (!result.held)
    throw new AssertionError({ message: `${name}: ${result.last.seen} (after ${result.rounds} looks)` });
  if (world.late !== 'nothing') world.measure(`convergence, ${name}`, result.convergenceMs, 'ms', result.disturbed);
  world.late = 'nothing';
  return result;
}
