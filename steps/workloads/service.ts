import type { KubeObject } from '../kube/index.ts';

export interface ServicePort {
  name?: string;
  port: number;
  /** A number, or the name of a container port. */
  targetPort?: number | string;
  protocol?: 'TCP' | 'UDP';
}

export interface ServiceSpec {
  selector?: Record<string, string>;
  ports?: ServicePort[];
  type?: 'ClusterIP' | 'NodePort' | 'ExternalName';
  headless?: boolean;
  externalName?: string;
  /** externalTrafficPolicy: Local. */
  local?: boolean;
  /** Session affinity by client address, for so many seconds. */
  affinitySeconds?: number;
}

export function service(namespace: string, name: string, spec: ServiceSpec): KubeObject {
  const { selector, ports, type = 'ClusterIP', headless, externalName, local, affinitySeconds } = spec;
  const affinity = {
    sessionAffinity: 'ClientIP',
    sessionAffinityConfig: { clientIP: { timeoutSeconds: affinitySeconds } },
  };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      type,
      ...(selector === undefined ? {} : { selector }),
      ...(ports === undefined ? {} : { ports }),
      ...(headless ? { clusterIP: 'None' } : {}),
      ...(externalName === undefined ? {} : { externalName }),
      ...(local ? { externalTrafficPolicy: 'Local' } : {}),
      ...(affinitySeconds === undefined ? {} : affinity),
    },
  };
}
