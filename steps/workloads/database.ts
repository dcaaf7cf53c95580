import type { KubeObject } from '../kube/index.ts';
import { agentContainer, agentVolume, deployment, withoutExtras } from './index.ts';

/** Where clients find PostgreSQL. */
export const databasePort = 5432;

/** Where PostgreSQL itself listens, behind the agent. */
const behind = 5433;

/** PostgreSQL behind a probe agent in the same Pod: the agent is the witness of probes, and passes the rest on. */
export function database(namespace: string, images: { node: string; postgres: string }): KubeObject {
  const witness = agentContainer(images.node, [{ protocol: 'TCP', port: databasePort, relay: behind }]);
  const postgres = {
    name: 'postgres',
    image: images.postgres,
    imagePullPolicy: 'IfNotPresent',
    env: [
      { name: 'PGPORT', value: String(behind) },
      // a password would say nothing about the network
      { name: 'POSTGRES_HOST_AUTH_METHOD', value: 'trust' },
    ],
    // there is one, and every page waits for it (see cpuShare)
    resources: { requests: { cpu: '100m' } },
    readinessProbe: { tcpSocket: { port: behind }, periodSeconds: 1, timeoutSeconds: 5 },
  };
  const pod = { containers: [witness, postgres], volumes: [agentVolume] };
  const spec = { ...withoutExtras, terminationGracePeriodSeconds: 1, ...pod };
  return deployment(namespace, 'database', 1, spec);
}

/**
 * The first thing that a PostgreSQL client says: StartupMessage of protocol 3.0 for the user and database `postgres`
 * (https://www.postgresql.org/docs/current/protocol-message-formats.html). Base64.
 */
export function startupMessage(): string {
  const parameters = Buffer.from('user\0postgres\0database\0postgres\0\0');
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + parameters.length, 0);
  head.writeInt32BE(3 << 16, 4);
  return Buffer.concat([head, parameters]).toString('base64');
}

/** Whether it was a PostgreSQL server that answered so (base64): with Authentication, or with an error of its own. */
export function isPostgres(answer: string): boolean {
  return ['R', 'E'].includes(Buffer.from(answer, 'base64').toString('latin1', 0, 1));
}
