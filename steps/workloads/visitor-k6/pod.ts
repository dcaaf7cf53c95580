import { entryName, scriptFiles, shareFiles } from '../../../load/index.ts';
import type { KubeObject } from '../../kube/index.ts';
import { loadShare } from '../cpu-share.ts';
import { type K6Options, k6Arguments, k6Environment } from './arguments.ts';

export const scriptsName = 'k6-scripts';

/** The k6 scripts as they lie in load/scripts, and with several runners the share of each. */
export function k6Scripts(namespace: string, runners = 0): KubeObject {
  const data = { ...scriptFiles(), ...shareFiles(runners) };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: scriptsName, namespace }, data };
}

/** Where the scripts lie in a Pod of k6Spec. */
export const scriptsPath = '/scripts';

/** What a Pod is that runs k6 once. Its log is k6's output: one line per request. `more`: further options of `k6 run`. */
export function k6Spec(image: string, options: K6Options, more: string[] = []): Record<string, unknown> {
  const { script, node, hostNetwork } = options;
  const k6 = {
    name: 'k6',
    image,
    imagePullPolicy: 'IfNotPresent',
    args: ['run', '--quiet', ...k6Arguments(options), ...more, `${scriptsPath}/${entryName(script)}`],
    env: [
      ...k6Environment,
      // several on a node's own network would want the same port for their REST API
      ...(hostNetwork ? [{ name: 'K6_ADDRESS', value: '127.0.0.1:0' }] : []),
    ],
    resources: loadShare,
    volumeMounts: [{ name: 'scripts', mountPath: scriptsPath, readOnly: true }],
  };
  return {
    ...(node === undefined ? {} : { nodeName: node }),
    ...(hostNetwork ? { hostNetwork, dnsPolicy: 'ClusterFirstWithHostNet' } : {}),
    restartPolicy: 'Never',
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 1,
    containers: [k6],
    volumes: [{ name: 'scripts', configMap: { name: scriptsName } }],
  };
}

/** A client Pod that runs k6 once. */
export function k6Pod(namespace: string, name: string, image: string, options: K6Options): KubeObject {
  const metadata = { name, namespace, labels: { app: name } };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: k6Spec(image, options) };
}
