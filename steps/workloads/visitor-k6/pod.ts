import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../../kube/index.ts';

/** What a k6 Pod is to do; see load/scripts/service-path.ts for what each means. */
export interface K6Options {
  /** What is asked through the Service. */
  url: string;
  /** The Pods' own port, for the same requests without the Service. */
  directPort: number;
  /** Pairs of requests a second. */
  rate: number;
  seconds: number;
  timeoutMs: number;
  reuse: boolean;
}

const scriptsName = 'k6-scripts';
const directory = join(import.meta.dirname, '../../../load/scripts');

/** The k6 scripts as they lie in load/scripts: k6 strips their types itself. */
export function k6Scripts(namespace: string): KubeObject {
  const names = ['service-path.ts', 'recorded.ts'];
  const data = Object.fromEntries(names.map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: scriptsName, namespace }, data };
}

/** A client Pod that runs k6 once. Its log is k6's output: one line per request. */
export function k6Pod(namespace: string, name: string, image: string, options: K6Options): KubeObject {
  const { url, directPort, rate, seconds, timeoutMs, reuse } = options;
  const variables = {
    SERVICE_URL: url,
    DIRECT_PORT: directPort,
    RATE: rate,
    DURATION: `${seconds}s`,
    TIMEOUT_MS: timeoutMs,
    REUSE: reuse ? 1 : 0,
    RECORD: 1,
  };
  const settings = Object.entries(variables).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  const k6 = {
    name: 'k6',
    image,
    imagePullPolicy: 'IfNotPresent',
    args: ['run', '--quiet', '--log-format=raw', ...settings, '/scripts/recorded.ts'],
    env: [
      // a test says nothing to anybody, and needs nothing but what is here
      { name: 'K6_NO_USAGE_REPORT', value: 'true' },
      { name: 'K6_AUTO_EXTENSION_RESOLUTION', value: 'false' },
    ],
    volumeMounts: [{ name: 'scripts', mountPath: '/scripts', readOnly: true }],
  };
  const spec = {
    restartPolicy: 'Never',
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 1,
    containers: [k6],
    volumes: [{ name: 'scripts', configMap: { name: scriptsName } }],
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels: { app: name } }, spec };
}
