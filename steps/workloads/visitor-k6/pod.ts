import { entryName, scriptFiles, shareFiles } from '../../../load/index.ts';
import { type KubeObject, objectOf } from '../../kube/index.ts';
import { loadShare, withoutExtras } from '../index.ts';

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

/** Options of `k6 run` for a script that records each request. None has a space in it. */
export const k6Arguments = ({ env }: Pick<K6Options, 'env'>): string[] => [
  '--log-format=raw',
  ...Object.entries({ ...env, RECORD: 1 }).flatMap(([key, value]) => ['-e', `${key}=${value}`]),
];

/** A test says nothing to anybody, and needs nothing but what is here. */
export const k6Environment = [
  { name: 'K6_NO_USAGE_REPORT', value: 'true' },
  { name: 'K6_AUTO_EXTENSION_RESOLUTION', value: 'false' },
];

export const scriptsName = 'k6-scripts';

/** The k6 scripts as they lie in load/scripts, and with several runners the share of each. */
export const k6Scripts = (namespace: string, runners = 0): KubeObject =>
  objectOf('ConfigMap', { name: scriptsName, namespace }, { data: { ...scriptFiles(), ...shareFiles(runners) } });

/** Where the scripts lie in a Pod of k6Spec. */
export const scriptsPath = '/scripts';

/** A Pod that runs k6 once. Its log is k6's output: one line per request. `more`: further options of `k6 run`. */
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
    nodeName: node,
    ...(hostNetwork && { hostNetwork, dnsPolicy: 'ClusterFirstWithHostNet' }),
    restartPolicy: 'Never',
    ...withoutExtras,
    terminationGracePeriodSeconds: 1,
    containers: [k6],
    volumes: [{ name: 'scripts', configMap: { name: scriptsName } }],
  };
}

/** A client Pod that runs k6 once. */
export const k6Pod = (namespace: string, name: string, image: string, options: K6Options): KubeObject =>
  objectOf('Pod', { name, namespace, labels: { app: name } }, { spec: k6Spec(image, options) });
