/** A node's kubelet: runs the Pods that are bound to the node, keeps its Node object, serves exec and logs. */
import { recorder } from '../events.ts';
import type { Container, Pod } from '../kinds.ts';
import { ApiError, type ContainerName, type KubeletApi } from '../objects.ts';
import { attach, execStreaming } from './exec.ts';
import { writeLog } from './logs.ts';
import { startNetwork } from './network.ts';
import { registerNode, reportNetwork } from './node-status.ts';
import { type PodWorker, podWorker } from './pod-worker.ts';
import type { PodHost } from './sandbox.ts';

export { limiter } from './wait.ts';

export interface Kubelet extends KubeletApi {
  /** Lets go of everything: nothing is taken off the network. For a node that is stopped next. */
  stop(): void;
}

export interface KubeletOptions extends Omit<PodHost, 'network' | 'event'> {
  /** How many Pods the node takes; the kubelet's own default is 110. */
  maxPods?: number;
}

/** Registers the node and begins to run what is bound to it. */
export function startKubelet(options: KubeletOptions): Kubelet {
  const { objects, node, maxPods = 110 } = options;
  const workers = new Map<string, PodWorker>();
  const record = recorder(objects, 'kubelet', node.name);
  registerNode(objects, node, maxPods);
  const reconcile = () => workers.forEach((worker) => worker.reconcile());
  const network = startNetwork(node, (problem) => reportNetwork(objects, node, problem), reconcile);
  const host: PodHost = {
    ...options,
    network,
    event: (pod, type, reason, message, container) =>
      record(pod, type, reason, message, container && fieldPath(pod, container)),
  };

  const stopWatching = objects.watch<Pod>('Pod', ({ type, object: pod }) => {
    if (pod.spec.nodeName !== node.name) return;
    const { namespace, name } = pod.metadata;
    const uid = pod.metadata.uid as string;
    const worker = workers.get(uid);
    if (type === 'DELETED') worker?.vanish();
    else if (worker) worker.update(pod);
    // a watch that is late tells of Pods that have gone meanwhile
    else if (objects.get('Pod', namespace, name)?.metadata.uid !== uid) return;
    else if (!['Succeeded', 'Failed'].includes(pod.status?.phase ?? '')) {
      const fresh = podWorker(host, pod);
      workers.set(uid, fresh);
      void fresh.run().finally(() => workers.delete(uid));
    } else if (pod.metadata.deletionTimestamp !== undefined) {
      objects.delete('Pod', namespace, name, { gracePeriodSeconds: 0, uid });
    }
  });

  function workerOf({ namespace, pod, container }: ContainerName) {
    // by what is in the API now: one of the same name may still be ending
    const uid = objects.get('Pod', namespace, pod)?.metadata.uid ?? '';
    const worker = workers.get(uid)?.container(container);
    if (worker) return worker;
    throw notFound(`container ${container} is not in pod ${namespace}/${pod} of node ${node.name}`);
  }

  function runningOf(where: ContainerName) {
    const running = workerOf(where).running();
    if (running) return running;
    throw notFound(`container not found ("${where.container}")`);
  }

  return {
    exec: async (where, argv, streams, { signal }) => execStreaming(runningOf(where), argv, streams, signal),
    attach: async (where, streams, { signal }) => attach(runningOf(where), streams, signal),
    async logs(where, out, request) {
      const log = workerOf(where).log(request.previous);
      if (log) return writeLog(log, out, request);
      const { pod, container } = where;
      const why = request.previous
        ? `previous terminated container "${container}" in pod "${pod}" not found`
        : `container "${container}" in pod "${pod}" is waiting to start: ContainerCreating`;
      throw new ApiError(400, 'BadRequest', why);
    },
    stop() {
      stopWatching();
      network.stop();
      for (const worker of workers.values()) worker.abandon();
    },
  };
}

const notFound = (message: string) => new ApiError(404, 'NotFound', message);

function fieldPath(pod: Pod, { name }: Container): string {
  const list = pod.spec.containers.some((container) => container.name === name) ? 'containers' : 'initContainers';
  return `spec.${list}{${name}}`;
}
