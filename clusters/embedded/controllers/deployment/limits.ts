/** How many Pods a rollout may have too many and too few. */
import type { Deployment, IntOrPercent } from '../kinds.ts';

export const replicasOf = ({ spec }: Deployment): number => spec.replicas ?? 1;

export const isRollingUpdate = ({ spec }: Deployment): boolean =>
  (spec.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate';

/** A number, or a percentage of `total`. */
export function scaled(value: IntOrPercent | undefined, total: number, round: (value: number) => number): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  return round((Number.parseFloat(value) * total) / 100);
}

/** Surge is rounded up, unavailable down; where both come to nothing, one may be unavailable, or nothing would ever move. */
function fenceposts(deployment: Deployment): { surge: number; unavailable: number } {
  const total = replicasOf(deployment);
  const { maxSurge = '25%', maxUnavailable = '25%' } = deployment.spec.strategy?.rollingUpdate ?? {};
  const surge = scaled(maxSurge, total, Math.ceil);
  const unavailable = scaled(maxUnavailable, total, Math.floor);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

export const maxSurge = (deployment: Deployment): number =>
  isRollingUpdate(deployment) ? fenceposts(deployment).surge : 0;

export function maxUnavailable(deployment: Deployment): number {
  const total = replicasOf(deployment);
  if (!isRollingUpdate(deployment) || total === 0) return 0;
  return Math.min(fenceposts(deployment).unavailable, total);
}

/** Seconds without progress after which a rollout counts as stuck; undefined: never (the largest number means that). */
export function deadlineOf({ spec }: Deployment): number | undefined {
  const { progressDeadlineSeconds = 600 } = spec;
  return progressDeadlineSeconds === 2 ** 31 - 1 ? undefined : progressDeadlineSeconds;
}
