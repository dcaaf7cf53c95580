import { timestamp } from '../../api/storage/metadata.ts';
import { withCondition } from '../conditions.ts';
import type { Job, Pod } from '../kinds.ts';
import { isActive, isReady } from '../pods.ts';
import { type End, failedIndexes, succeededIndexes } from './plan.ts';

/** Indexes as the API writes them: `0,2-4`. */
function intervals(indexes: number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const index of indexes.toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run && run[1] === index - 1) run[1] = index;
    else runs.push([index, index]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

const count = (field: string, number: number): object => (number > 0 ? { [field]: number } : {});

/** The status of a Job with these Pods. Zeros are left out, as Go leaves them out. */
export function statusOf(job: Job, pods: Pod[], end: End | undefined): object {
  const active = end ? [] : pods.filter(isActive);
  const inPhase = (phase: string) => pods.filter(({ status }) => status?.phase === phase).length;
  const ended = end && { type: end.type, status: 'True' as const, reason: end.reason, message: end.message };
  const isIndexed = job.spec.completionMode === 'Indexed';
  const completed = intervals(succeededIndexes(pods));
  const failed = failedIndexes(job, pods);
  return {
    startTime: job.status?.startTime ?? timestamp(),
    ...count('active', active.length),
    ...count('succeeded', inPhase('Succeeded')),
    ...count('failed', inPhase('Failed')),
    ready: active.filter(isReady).length,
    terminating: pods.filter(({ metadata }) => metadata.deletionTimestamp !== undefined).length,
    uncountedTerminatedPods: {},
    ...(isIndexed && completed !== '' && { completedIndexes: completed }),
    ...(isIndexed && job.spec.backoffLimitPerIndex !== undefined && { failedIndexes: intervals(failed) }),
    ...(ended && { conditions: withCondition(job.status?.conditions, ended) }),
    ...(end?.type === 'Complete' && { completionTime: timestamp() }),
  };
}
