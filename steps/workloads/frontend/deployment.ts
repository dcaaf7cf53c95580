import { join } from 'node:path';
import { bundle } from '../../bundle.ts';
import { type KubeObject, objectOf } from '../../kube/index.ts';
import { agentContainer, agentVolume, deployment, loadShare, withoutExtras } from '../index.ts';

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
}

/** Name of the ConfigMap with the server's code. */
const codeName = 'frontend-code';

/** The port that its Pods serve. */
export const frontendPort = 8080;

/** All ports of one with `protocols`, by what is spoken on them. */
export const frontendPorts = { http: frontendPort, https: 8443, grpc: 9000 } as const;

/** Milliseconds that a Pod goes on serving once it was told to stop; see server.ts. */
const drainMs = 3_000;

const fieldOf = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });

let bundled: string | undefined;

/** server.ts and the libraries `pg` and `ws`. */
export function serverSource(): string {
  // optional native parts, and the driver of another runtime
  const external = ['pg-native', 'pg-cloudflare', 'bufferutil', 'utf-8-validate'];
  bundled ??= bundle(join(import.meta.dirname, 'server.ts'), { format: 'cjs', minify: true, external });
  return bundled;
}

/** The server as a ConfigMap. */
export const frontendCode = (namespace: string): KubeObject =>
  objectOf('ConfigMap', { name: codeName, namespace }, { data: { 'server.cjs': serverSource() } });

function serverContainer(image: string, { database, protocols = false, killable = false }: FrontendOptions): object {
  const env = {
    PORT: frontendPort,
    DRAIN_MS: drainMs,
    ...(protocols && { TLS_PORT: frontendPorts.https, GRPC_PORT: frontendPorts.grpc }),
    ...(killable && { COUNT_AT_ONCE: 1 }),
    ...(database !== undefined && { PGHOST: database }),
    PGUSER: 'postgres',
    PGDATABASE: 'postgres',
  };
  return {
    name: 'frontend',
    image,
    imagePullPolicy: 'IfNotPresent',
    // the first process of a container cannot be killed from within it
    command: killable ? ['sh', '-c', 'node /app/server.cjs; exit $?'] : ['node', '/app/server.cjs'],
    env: [
      fieldOf('POD_NAME', 'metadata.name'),
      fieldOf('POD_IP', 'status.podIP'),
      ...Object.entries(env).map(([name, value]) => ({ name, value: String(value) })),
    ],
    ports: [{ containerPort: frontendPort, protocol: 'TCP' }],
    resources: loadShare,
    // patient: a busy machine that answers late must not take the only Pod out of its Service
    readinessProbe: { httpGet: { path: '/healthz', port: frontendPort }, periodSeconds: 1, timeoutSeconds: 5 },
    volumeMounts: [{ name: 'code', mountPath: '/app', readOnly: true }],
  };
}

/** A Deployment labelled app=frontend, replaced without a gap: maxUnavailable 0, and Pods drain before they go. */
export function frontend(namespace: string, image: string, options: FrontendOptions): KubeObject {
  const { replicas, agent = false } = options;
  const spec = {
    ...withoutExtras,
    terminationGracePeriodSeconds: drainMs / 1000 + 5,
    containers: [...(agent ? [agentContainer(image, [])] : []), serverContainer(image, options)],
    volumes: [{ name: 'code', configMap: { name: codeName } }, ...(agent ? [agentVolume] : [])],
  };
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
  return deployment(namespace, 'frontend', replicas, spec, { strategy });
}
