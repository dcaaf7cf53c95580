/** Jobs: Pods that run to their end. https://kubernetes.io/docs/concepts/workloads/controllers/job/ */
import { timestamp } from '../../api/storage/metadata.ts';
import { recorder } from '../../events.ts';
import type { Job, Pod } from '../../kinds.ts';
import type { Objects } from '../../objects.ts';
import { claim, queueOwners } from '../owners.ts';
import { createPod, isActive, isReady, podFrom } from '../pods.ts';
import { queueOf } from '../queue.ts';
import { nonZero, withCondition, writeStatus } from '../status.ts';
import { indexed } from './indexed.ts';
import { type End, failedIndexes, inPhase, isFinished, planOf, succeededIndexes } from './plan.ts';

/**
 * What has succeeded or failed is counted from the Pods that are there, and failed ones are replaced at once and not
 * after a growing delay. Not here: podFailurePolicy, successPolicy, activeDeadlineSeconds, ttlSecondsAfterFinished.
 */
export function startJobs(objects: Objects): () => void {
  const record = recorder(objects, 'job-controller');

  function sync(job: Job): void {
    if (isFinished(job)) return;
    const pods = claim<Pod>(objects, job, 'Pod');
    const { create, end } = planOf(job, pods);
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
    ...(isIndexed &&
      job.spec.backoffLimitPerIndex !== undefined && { failedIndexes: intervals(failedIndexes(job, pods)) }),
    ...(end && { conditions: withCondition(job.status?.conditions, { ...end, status: 'True' }) }),
    ...(end?.type === 'Complete' && { completionTime: timestamp() }),
  };
}
