import { entryName, shareName } from '../../../load/index.ts';
import { type KubeObject, objectOf } from '../../kube/index.ts';
import { loadShare } from '../index.ts';
import { type K6Options, k6Arguments, k6Environment, k6Spec, scriptsName, scriptsPath } from './pod.ts';

/** Port of k6's REST API, by which a paused runner is told to begin. */
export const k6ApiPort = 6565;

/** Where it can be, each runner on a node of its own. */
const spreadOver = (matchLabels: Record<string, string>): object[] => [
  {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels },
  },
];

/**
 * So many runners as an Indexed Job, its Pods labelled app=NAME: each takes the share of its completion index
 * (k6Scripts was told their number too) and waits, paused, until it is told to begin. A runner that ends with an error
 * takes none of the others with it, and is not started again: it has sent requests already.
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
  const pod = { ...k6Spec(image, options, more), topologySpreadConstraints: spreadOver(labels) };
  const spec = {
    completionMode: 'Indexed',
    completions: runners,
    parallelism: runners,
    backoffLimitPerIndex: 0,
    template: { metadata: { labels }, spec: pod },
  };
  return objectOf('Job', { name, namespace, labels }, { spec });
}

/** The label of all Pods of a TestRun, its value the TestRun's name; runners have `runner=true` besides. */
export const testRunLabel = 'k6_cr';

/**
 * The same runners as a TestRun of the k6-operator, which computes their shares, starts them paused, and has a Pod of
 * its `starter` image tell them to begin. `arguments` and not `args`, which older releases do not know.
 * https://github.com/grafana/k6-operator/blob/v1.6.0/api/v1alpha1/testrun_types.go
 */
export function k6TestRun(
  namespace: string,
  name: string,
  images: { k6: string; starter: string },
  options: Pick<K6Options, 'script' | 'env'>,
  runners: number,
): KubeObject {
  const pod = { automountServiceAccountToken: 'false', imagePullPolicy: 'IfNotPresent' };
  const k6 = { ...pod, image: images.k6, env: k6Environment, resources: loadShare };
  const spec = {
    parallelism: runners,
    script: { configMap: { name: scriptsName, file: entryName(options.script) } },
    arguments: k6Arguments(options).join(' '),
    // it would only see whether the script can be read; releases before v1.3 do not know that it can be left out
    initializer: { ...k6, disabled: true },
    runner: { ...k6, topologySpreadConstraints: spreadOver({ [testRunLabel]: name, runner: 'true' }) },
    starter: { ...pod, image: images.starter },
  };
  return objectOf('TestRun', { name, namespace, labels: { app: name } }, { spec });
}
