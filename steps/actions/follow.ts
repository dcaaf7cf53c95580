import { AssertionError } from 'node:assert';
import { type Convergence, converge, type Round } from '../probe/index.ts';
import type { Schedule } from '../waits.ts';
import type { NetvetWorld } from '../world.ts';

/**
 * Follows the last change until `look` has found everything right, 3 times in a row over at least 1 s; fails with what was
 * seen last. Measures convergence under that name.
 */
export async function follow(
  world: NetvetWorld,
  name: string,
  look: () => Promise<{ right: boolean; seen: string }>,
  schedule?: Schedule,
): Promise<Convergence> {
  const round = async (): Promise<Round> => {
    const launchedAt = performance.now();
    return { launchedAt, ...(await look()), results: [], endedAt: performance.now() };
  };
  const result = await converge({
    since: world.changedAt,
    budgetMs: world.parameters.bounds.changeMs,
    round,
    ...(schedule && { schedule }),
  });
  if (!result.held)
    throw new AssertionError({ message: `${name}: ${result.last.seen} (after ${result.rounds} looks)` });
  if (world.unfollowed) world.measure(`convergence, ${name}`, result.convergenceMs, 'ms');
  world.unfollowed = false;
  return result;
}
