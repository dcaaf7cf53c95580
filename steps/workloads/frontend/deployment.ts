import type { KubeObject } from '../../kube/index.ts';
import { loadShare } from '../cpu-share.ts';
import { agentContainer, agentVolume } from '../index.ts';

export interface FrontendOptions {
  replicas: number;
  /** Name of the database's Service; absent: its pages come without rows. */
  database?: string;
  /** A probe agent beside the server, so that what the Pod may reach can be probed from within it. */
  agent?: boolean;
  /** Serves HTTP/2 over TLS and gRPC too. */
  protocols?: boolean;
  /** Can be killed from within, and counts in such a way that its account stays exact. */
  killable?: boolean;
  /** Milliseconds that a Pod goes on serving once it was told to stop; see server.ts. Default 3,000. */
  drainMs?: number;
}

/** Name of the ConfigMap with the server's code. */
const codeName = 'frontend-code';

/** The port that its Pods serve. */
export const frontendPort = 8080;

/** All ports of one with `protocols`, by what is spoken on them. */
export const frontendPorts = { http: frontendPort, https: 8443, grpc: 9000 } as const;

const usualDrainMs = 3_000;

const fieldOf = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });

/** The server as a ConfigMap. */
export function frontendCode(namespace: string, source: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: codeName, namespace },
    data: { 'server.cjs': source },
  };
}

function serverContainer(
  image: string,
  { database, protocols = false, killable = false, drainMs = usualDrainMs }: FrontendOptions,
): object {
  const more = [
    { name: 'TLS_PORT', value: String(frontendPorts.https) },
    { name: 'GRPC_PORT', value: String(frontendPorts.grpc) },
  ];
  return {
    name: 'frontend',
    image,
    imagePullPolicy: 'IfNotPresent',
    // the first process of a container cannot be killed from within it
    command: killable ? ['sh', '-c', 'node /app/server.cjs; exit $?'] : ['node', '/app/server.cjs'],
    env: [
      fieldOf('POD_NAME', 'metadata.name'),
      fieldOf('POD_IP', 'status.podIP'),
      { name: 'PORT', value: String(frontendPort) },
      { name: 'DRAIN_MS', value: String(drainMs) },
      ...(protocols ? more : []),
      ...(killable ? [{ name: 'COUNT_AT_ONCE', value: '1' }] : []),
      ...(database === undefined ? [] : [{ name: 'PGHOST', value: database }]),
      { name: 'PGUSER', value: 'postgres' },
      { name: 'PGDATABASE', value: 'postgres' },
    ],
    ports: [{ containerPort: frontendPort, protocol: 'TCP' }],
    resources: loadShare,
    // patient: a busy machine that answers late must not take the only Pod out of its Service
    readinessProbe: { httpGet: { path: '/healthz', port: frontendPort }, periodSeconds: 1, timeoutSeconds: 5 },
    volumeMounts: [{ name: 'code', mountPath: '/app', readOnly: true }],
  };
}

/**
 * The frontend: a Deployment labelled app=frontend that is replaced without a gap (maxUnavailable 0, and Pods that drain
 * before they go, as the Kubernetes documentation asks for).
 */
export function frontend(namespace: string, image: string, options: FrontendOptions): KubeObject {
  const { replicas, agent = false, drainMs = usualDrainMs } = options;
  const labels = { app: 'frontend' };
  const spec = {
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: drainMs / 1000 + 5,
    containers: [...(agent ? [agentContainer(image, [])] : []), serverContainer(image, options)],
    volumes: [{ name: 'code', configMap: { name: codeName } }, ...(agent ? [agentVolume] : [])],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'frontend', namespace, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: { metadata: { labels }, spec },
    },
  };
}
