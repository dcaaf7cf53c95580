import type { Desired } from '../model/index.ts';

/**
 * Whether an agent has begun its work on a node that had Pods already. Tells it from the first state that it is asked
 * about.
 */
export function restarted(): (desired: Desired) => boolean {
  let answer: boolean | undefined;
  return ({ attached }) => (answer ??= attached.size > 0);
}
