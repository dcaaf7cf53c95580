/** For tests of controllers: a store, nodes, and kubelets that do nothing but say what real ones would say. */
import { createStore } from '../api/index.ts';
import { timestamp } from '../api/storage/metadata.ts';
import type { Pod } from '../kinds.ts';
import type { KubeObject, Objects } from '../objects.ts';
import { startControllers } from './index.ts';

export type Rig = ReturnType<typeof createRig>;

interface RigOptions {
  nodes?: number;
  /** Of the scheduler's chance. */
  seed?: number;
  /** Pods run and are ready at once; false: the test says when. */
  ready?: boolean;
  /** Pods are gone as soon as they are deleted; false: the test says when. */
  end?: boolean;
}

/** Until all controllers have done what there is to do now. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

export function createRig({ nodes = 3, seed, ready = true, end = true }: RigOptions = {}) {
  const objects: Objects = createStore();
  for (let i = 1; i <= nodes; i += 1) {
    const created = objects.create(node(`node${i}`));
    objects.updateStatus({ ...created, status: node('').status });
  }
  const stopControllers = startControllers(objects, { podCidr: '10.244.0.0/16', nodeMask: 25, seed });
  let addresses = 0;

  function setReady({ metadata: { namespace, name } }: Pod, isReady: boolean): void {
    const pod = objects.get<Pod>('Pod', namespace, name);
    if (!pod) return;
    addresses += 1;
    const others = pod.status?.conditions?.filter(({ type }) => type !== 'Ready') ?? [];
    const condition = { type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: timestamp() };
    const podIP = pod.status?.podIP ?? `10.244.${addresses >> 8}.${addresses & 255}`;
    const status = { phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions: [...others, condition] };
    objects.patch('Pod', namespace, name, { status }, 'status');
  }

  const stopKubelet = objects.watch<Pod>('Pod', ({ type, object }) => {
    if (type === 'DELETED' || !object.spec.nodeName) return;
    const { namespace, name, deletionTimestamp } = object.metadata;
    if (deletionTimestamp !== undefined) {
      if (end && objects.get('Pod', namespace, name)) objects.delete('Pod', namespace, name, { gracePeriodSeconds: 0 });
    } else if (ready && (object.status?.phase ?? 'Pending') === 'Pending') setReady(object, true);
  });

  return {
    objects,
    /** Pods of a namespace that are not on their way out. */
    pods: (namespace = 'default') =>
      objects.list<Pod>('Pod', { namespace }).filter(({ metadata }) => metadata.deletionTimestamp === undefined),
    setReady,
    stop: () => {
      stopKubelet();
      stopControllers();
    },
  };
}

export const container = {
  name: 'main',
  image: 'node:24',
  ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
};

export function node(
  name: string,
  more: { labels?: Record<string, string>; spec?: object; ready?: boolean } = {},
): KubeObject {
  const conditions = [{ type: 'Ready', status: more.ready === false ? 'False' : 'True' }];
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...more.labels } },
    spec: { ...more.spec },
    status: { allocatable: { pods: '110' }, conditions },
  };
}

export function deployment(name: string, spec: Record<string, unknown> = {}): KubeObject {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      ...spec,
    },
  };
}

export function pod(
  name: string,
  more: { labels?: Record<string, string>; spec?: object; namespace?: string } = {},
): KubeObject {
  const metadata = { name, namespace: more.namespace ?? 'default', labels: more.labels ?? {} };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [container], ...more.spec } };
}

export function service(name: string, spec: object = {}): KubeObject {
  const ports = [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }];
  const metadata = { name, namespace: 'default' };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: name }, ports, ...spec } };
}
