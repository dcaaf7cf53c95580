import { shareName } from '../../../load/index.ts';
import type { KubeObject } from '../../kube/index.ts';
import type { K6Options } from './arguments.ts';
import { k6Spec, scriptsPath } from './pod.ts';

/** Port of k6's REST API, by which a paused runner is told to begin. */
export const k6ApiPort = 6565;

/** Where it can be, each runner on a node of its own. */
export const spreadOver = (matchLabels: Record<string, string>): object[] => [
  {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels },
  },
];

/**
 * So many runners as an Indexed Job, its Pods labelled app=NAME: each takes the share of its completion index (k6Scripts was told their
 * number too) and waits, paused, until it is told to begin. A runner that ends with an error takes none of the others with it, and is
 * not started again: it has sent requests already.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#backoff-limit-per-index
 */
export function k6Job(
  namespace: string,
  name: string,
  image: string,
  options: Pick<K6Options, 'script' | 'env'>,
  runners: number,
): KubeObject {
  const labels = { app: name };
  const share = `${scriptsPath}/${shareName('$(JOB_COMPLETION_INDEX)')}`;
  const more = ['--paused', `--address=0.0.0.0:${k6ApiPort}`, `--config=${share}`];
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels },
    spec: {
      completionMode: 'Indexed',
      completions: runners,
      parallelism: runners,
      backoffLimitPerIndex: 0,
      template: {
        metadata: { labels },
        spec: { ...k6Spec(image, options, more), topologySpreadConstraints: spreadOver(labels) },
      },
    },
  };
}
