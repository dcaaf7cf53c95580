import type { Problem } from './filters.ts';

/** Why a Pod fits nowhere, as the real scheduler says it. */
export function noFit(problems: Problem[]): string {
  const total = problems.length;
  if (total === 0) return 'no nodes available to schedule pods';
  const preemption = problems.map(({ resolvable }) =>
    resolvable ? 'No preemption victims found for incoming pod' : 'Preemption is not helpful for scheduling',
  );
  const none = `0/${total} nodes are available`;
  const reasons = histogram(problems.map(({ reason }) => reason));
  return `${none}: ${reasons}. no new claims to deallocate, preemption: ${none}: ${histogram(preemption)}.`;
}

/** `2 this, 1 that`, sorted as text. */
function histogram(reasons: string[]): string {
  return [...Map.groupBy(reasons, (reason) => reason)]
    .map(([reason, { length }]) => `${length} ${reason}`)
    .toSorted()
    .join(', ');
}
