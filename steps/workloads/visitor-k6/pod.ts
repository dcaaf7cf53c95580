import { entryName, scriptFiles } from '../../../load/index.ts';
import type { KubeObject } from '../../kube/index.ts';

/** What a k6 Pod is to do. */
export interface K6Options {
  /** One of load/scripts, without its ending. */
  script: string;
  /** What the script is told; its head says what each means. */
  env: Record<string, string | number>;
  /** Binds it to this node. Absent: the scheduler chooses. */
  node?: string;
  /** On the node's own network. */
  hostNetwork?: boolean;
}

const scriptsName = 'k6-scripts';

/** The k6 scripts as they lie in load/scripts. */
export function k6Scripts(namespace: string): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: scriptsName, namespace }, data: scriptFiles() };
}

/** A client Pod that runs k6 once. Its log is k6's output: one line per request. */
export function k6Pod(namespace: string, name: string, image: string, options: K6Options): KubeObject {
  const { script, env, node, hostNetwork } = options;
  const settings = Object.entries({ ...env, RECORD: 1 }).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  const k6 = {
    name: 'k6',
    image,
    imagePullPolicy: 'IfNotPresent',
    args: ['run', '--quiet', '--log-format=raw', ...settings, `/scripts/${entryName(script)}`],
    env: [
      // a test says nothing to anybody, and needs nothing but what is here
      { name: 'K6_NO_USAGE_REPORT', value: 'true' },
      { name: 'K6_AUTO_EXTENSION_RESOLUTION', value: 'false' },
      // several on a node's own network would want the same port for their REST API
      ...(hostNetwork ? [{ name: 'K6_ADDRESS', value: '127.0.0.1:0' }] : []),
    ],
    volumeMounts: [{ name: 'scripts', mountPath: '/scripts', readOnly: true }],
  };
  const spec = {
    ...(node === undefined ? {} : { nodeName: node }),
    ...(hostNetwork ? { hostNetwork, dnsPolicy: 'ClusterFirstWithHostNet' } : {}),
    restartPolicy: 'Never',
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 1,
    containers: [k6],
    volumes: [{ name: 'scripts', configMap: { name: scriptsName } }],
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels: { app: name } }, spec };
}
