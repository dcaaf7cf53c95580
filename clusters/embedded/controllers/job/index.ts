/** Jobs: Pods that run to their end. https://kubernetes.io/docs/concepts/workloads/controllers/job/ */
import { timestamp } from '../../api/storage/metadata.ts';
import { recorder } from '../../events.ts';
import type { Job, Pod } from '../../kinds.ts';
import type { Objects } from '../../objects.ts';
import { claim, queueOwners } from '../owners.ts';
import { createPod, isActive, isReady, podFrom } from '../pods.ts';
import { queueOf } from '../queue.ts';
import { conditionOf, nonZero, withCondition, writeStatus } from '../status.ts';
import { indexed, indexOf } from './indexed.ts';

/**
 * What has succeeded or failed is counted from the Pods that are there, and failed ones are replaced at once and not
 * after a growing delay. Not here: podFailurePolicy, successPolicy, activeDeadlineSeconds, ttlSecondsAfterFinished.
 */
export function startJobs(objects: Objects): () => void {
  const record = recorder(objects, 'job-controller');

  function sync(job: Job): void {
    if (['Complete', 'Failed'].some((type) => conditionOf(job, type)?.status === 'True')) return;
    const pods = claim<Pod>(objects, job, 'Pod');
    const { create = [], end } = planOf(job, pods);
    if (job.metadata.deletionTimestamp === undefined) {
      for (const { metadata } of end || job.spec.suspend ? pods.filter(isActive) : [])
        objects.delete('Pod', metadata.namespace, metadata.name, { uid: metadata.uid as string });
      for (const index of create) {
        const pod = podFrom(job.spec.template, job);
        pods.push(createPod(objects, record, job, index === undefined ? pod : indexed(pod, job, index)));
      }
    }
    writeStatus(objects, job, statusOf(job, pods, end));
    if (end) record(job, end.type === 'Complete' ? 'Normal' : 'Warning', end.reason, end.message);
  }

  const queue = queueOf<Job>(objects, 'Job', sync);
  queue.watch(objects, 'Pod', queueOwners(objects, 'Job', queue));
  return () => queue.stop();
}

/** How a Job ended. */
interface End {
  type: 'Complete' | 'Failed';
  reason: string;
  message: string;
}

interface Plan {
  /** Pods to make: for which index, undefined in a Job without. */
  create?: (number | undefined)[];
  /** Absent: it goes on. */
  end?: End;
}

const inPhase = (pods: Pod[], phase: string): Pod[] => pods.filter(({ status }) => status?.phase === phase);

const succeededIndexes = (pods: Pod[]): number[] => [...new Set(inPhase(pods, 'Succeeded').map(indexOf))];

/** Indexes that may not be tried again: `backoffLimitPerIndex` allows so many failures of each. */
function failedIndexes({ spec }: Job, pods: Pod[]): number[] {
  const limit = spec.backoffLimitPerIndex ?? Infinity;
  return [...Map.groupBy(inPhase(pods, 'Failed'), indexOf)].filter(([, all]) => all.length > limit).map(([i]) => i);
}

const ended = (type: End['type'], reason: string, message: string): Plan => ({ end: { type, reason, message } });
const complete = ended('Complete', 'CompletionsReached', 'Reached expected number of succeeded pods');

/** What a Job wants next. */
function planOf(job: Job, pods: Pod[]): Plan {
  const { backoffLimit = 6, completionMode, suspend = false } = job.spec;
  if (inPhase(pods, 'Failed').length > backoffLimit)
    return ended('Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if (suspend) return {};
  return completionMode === 'Indexed' ? indexedPlan(job, pods) : plainPlan(job, pods);
}

function indexedPlan(job: Job, pods: Pod[]): Plan {
  const { completions = 1, parallelism = 1 } = job.spec;
  const over = [...succeededIndexes(pods), ...failedIndexes(job, pods)];
  if (succeededIndexes(pods).length === completions) return complete;
  if (over.length === completions) return ended('Failed', 'FailedIndexes', 'Job has failed indexes');
  const active = pods.filter(isActive);
  const busy = new Set([...over, ...active.map(indexOf)]);
  const free = Array.from({ length: completions }, (_, i) => i).filter((i) => !busy.has(i));
  return { create: free.slice(0, Math.max(0, parallelism - active.length)) };
}

function plainPlan({ spec }: Job, pods: Pod[]): Plan {
  const { completions, parallelism = 1 } = spec;
  const succeeded = inPhase(pods, 'Succeeded').length;
  const active = pods.filter(isActive).length;
  // without a number of completions one success says that the work is done, and all others may finish theirs
  const done = completions === undefined ? succeeded > 0 && active === 0 : succeeded >= completions;
  if (done) return complete;
  const due = completions === undefined ? (succeeded > 0 ? 0 : parallelism) : completions - succeeded;
  return { create: Array.from({ length: Math.max(0, Math.min(due, parallelism) - active) }, () => undefined) };
}

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

function statusOf(job: Job, pods: Pod[], end: End | undefined): object {
  const active = end ? [] : pods.filter(isActive);
  const isIndexed = job.spec.completionMode === 'Indexed';
  const limitsEach = isIndexed && job.spec.backoffLimitPerIndex !== undefined;
  const completed = intervals(succeededIndexes(pods));
  return {
    startTime: job.status?.startTime ?? timestamp(),
    ...nonZero({
      active: active.length,
      succeeded: inPhase(pods, 'Succeeded').length,
      failed: inPhase(pods, 'Failed').length,
    }),
    ready: active.filter(isReady).length,
    terminating: pods.filter(({ metadata }) => metadata.deletionTimestamp !== undefined).length,
    uncountedTerminatedPods: {},
    ...(isIndexed && completed !== '' && { completedIndexes: completed }),
    ...(limitsEach && { failedIndexes: intervals(failedIndexes(job, pods)) }),
    ...(end && { conditions: withCondition(job.status?.conditions, { ...end, status: 'True' }) }),
    ...(end?.type === 'Complete' && { completionTime: timestamp() }),
  };
}
