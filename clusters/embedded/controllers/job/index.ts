/** Jobs: Pods that run to their end. https://kubernetes.io/docs/concepts/workloads/controllers/job/ */

import { recorder } from '../../events.ts';
import type { Change, Objects } from '../../objects.ts';
import { claim } from '../claim.ts';
import { keyOf, parts } from '../keys.ts';
import type { Job, Pod } from '../kinds.ts';
import { controllerOf, isActive, podFrom } from '../pods.ts';
import { WorkQueue } from '../queue.ts';
import { writeStatus } from '../status.ts';
import { indexed } from './indexed.ts';
import { isFinished, type Plan, planOf } from './plan.ts';
import { statusOf } from './status.ts';

/**
 * What has succeeded or failed is counted from the Pods that are there, and failed ones are replaced at once and not after a growing
 * delay. Not here: podFailurePolicy, successPolicy, activeDeadlineSeconds, ttlSecondsAfterFinished.
 */
export function startJobs(objects: Objects): () => void {
  const record = recorder(objects, 'job-controller');

  function reconcile(key: string): void {
    const [namespace, name] = parts(key);
    const job = objects.get<Job>('Job', namespace, name);
    if (!job || isFinished(job)) return;
    const pods = claim(objects, job, job.spec.selector, objects.list<Pod>('Pod', { namespace }));
    const plan = planOf(job, pods);
    const made = job.metadata.deletionTimestamp === undefined ? carryOut(job, plan, pods) : [];
    writeStatus(objects, job, statusOf(job, [...pods, ...made], plan.end));
    if (plan.end) record(job, plan.end.type === 'Complete' ? 'Normal' : 'Warning', plan.end.reason, plan.end.message);
  }

  /** Returns the Pods that were made. */
  function carryOut(job: Job, plan: Plan, pods: Pod[]): Pod[] {
    for (const { metadata } of plan.end || job.spec.suspend ? pods.filter(isActive) : [])
      objects.delete('Pod', metadata.namespace, metadata.name, { uid: metadata.uid as string });
    return plan.create.map((index) => {
      const template = podFrom(job.spec.template, job);
      const pod = objects.create<Pod>(index === undefined ? template : indexed(template, job, index));
      record(job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
      return pod;
    });
  }

  const queue = new WorkQueue(reconcile);

  function podChanged({ object, old }: Change<Pod>): void {
    for (const pod of [object, old]) {
      const controller = pod && controllerOf(pod);
      if (controller?.kind === 'Job') queue.add(`${object.metadata.namespace}/${controller.name}`);
    }
  }

  const stops = [
    objects.watch<Job>('Job', ({ object }) => queue.add(keyOf(object))),
    objects.watch<Pod>('Pod', podChanged),
  ];
  return () => {
    for (const stop of stops) stop();
    queue.stop();
  };
}
