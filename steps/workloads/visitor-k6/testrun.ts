import { entryName } from '../../../load/index.ts';
import type { KubeObject } from '../../kube/index.ts';
import { loadShare } from '../cpu-share.ts';
import { type K6Options, k6Arguments, k6Environment } from './arguments.ts';
import { spreadOver } from './job.ts';
import { scriptsName } from './pod.ts';

/** The label that the k6-operator gives to all Pods of a TestRun, its value the TestRun's name, and to runners `runner=true` besides. */
export const testRunLabel = 'k6_cr';

/**
 * The same runners as a TestRun of the k6-operator, which computes their shares, starts them paused, and has a Pod of its `starter`
 * image tell them to begin. `arguments` and not `args`, which older releases do not know.
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
  return {
    apiVersion: 'k6.io/v1alpha1',
    kind: 'TestRun',
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      parallelism: runners,
      script: { configMap: { name: scriptsName, file: entryName(options.script) } },
      arguments: k6Arguments(options).join(' '),
      // it would only see whether the script can be read; releases before v1.3 do not know that it can be left out
      initializer: { ...k6, disabled: true },
      runner: { ...k6, topologySpreadConstraints: spreadOver({ [testRunLabel]: name, runner: 'true' }) },
      starter: { ...pod, image: images.starter },
    },
  };
}
