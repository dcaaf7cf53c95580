/** What a Job wants next. Pure. */
import type { Job, Pod } from '../../kinds.ts';
import { isActive } from '../pods.ts';
import { conditionOf } from '../status.ts';
import { indexOf } from './indexed.ts';

/** How a Job ended. */
export interface End {
  type: 'Complete' | 'Failed';
  reason: string;
  message: string;
}

export interface Plan {
  /** Pods to make: for which index, undefined in a Job without. */
  create: (number | undefined)[];
  /** Absent: it goes on. */
  end?: End;
}

export const isFinished = (job: Job): boolean =>
  ['Complete', 'Failed'].some((type) => conditionOf(job, type)?.status === 'True');

export const inPhase = (pods: Pod[], phase: string): Pod[] => pods.filter(({ status }) => status?.phase === phase);

/** Indexes that may not be tried again: `backoffLimitPerIndex` allows so many failures of each. */
export function failedIndexes({ spec }: Job, pods: Pod[]): number[] {
  const limit = spec.backoffLimitPerIndex;
  if (limit === undefined) return [];
  return [...Map.groupBy(inPhase(pods, 'Failed'), indexOf)].filter(([, all]) => all.length > limit).map(([i]) => i);
}

export const succeededIndexes = (pods: Pod[]): number[] => [...new Set(inPhase(pods, 'Succeeded').map(indexOf))];

const complete: End = {
  type: 'Complete',
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
};

export function planOf(job: Job, pods: Pod[]): Plan {
  const { backoffLimit = 6, completionMode, suspend = false } = job.spec;
  if (inPhase(pods, 'Failed').length > backoffLimit) {
    const message = 'Job has reached the specified backoff limit';
    return { create: [], end: { type: 'Failed', reason: 'BackoffLimitExceeded', message } };
  }
  if (suspend) return { create: [] };
  return completionMode === 'Indexed' ? indexedPlan(job, pods) : plainPlan(job, pods);
}

function indexedPlan(job: Job, pods: Pod[]): Plan {
  const { completions = 1, parallelism = 1 } = job.spec;
  const succeeded = succeededIndexes(pods);
  const failed = failedIndexes(job, pods);
  if (succeeded.length === completions) return { create: [], end: complete };
  if (succeeded.length + failed.length === completions) {
    return { create: [], end: { type: 'Failed', reason: 'FailedIndexes', message: 'Job has failed indexes' } };
  }
  const active = pods.filter(isActive);
  const busy = new Set([...succeeded, ...failed, ...active.map(indexOf)]);
  const free = Array.from({ length: completions }, (_, i) => i).filter((i) => !busy.has(i));
  return { create: free.slice(0, Math.max(0, parallelism - active.length)) };
}

function plainPlan({ spec }: Job, pods: Pod[]): Plan {
  const { completions, parallelism = 1 } = spec;
  const succeeded = inPhase(pods, 'Succeeded').length;
  const active = pods.filter(isActive).length;
  // without a number of completions one success says that the work is done, and all others may finish theirs
  const done = completions === undefined ? succeeded > 0 && active === 0 : succeeded >= completions;
  if (done) return { create: [], end: complete };
  const due = completions === undefined ? (succeeded > 0 ? 0 : parallelism) : completions - succeeded;
  return { create: Array.from({ length: Math.max(0, Math.min(due, parallelism) - active) }, () => undefined) };
}
