import { recorder } from '../events.ts';
import type { Node } from '../node/index.ts';
import { ApiError, type KubeletApi, type Objects } from '../objects.ts';
import type { RunningContainer } from './container.ts';
import { attach, execStreaming } from './exec.ts';
import type { DnsSettings } from './hosts.ts';
import type { Limiter } from './limit.ts';
import { writeLog } from './logs.ts';
import { NodeNetwork } from './network.ts';
import { registerNode, reportNetwork } from './node.ts';
import { type PodHost, PodWorker } from './pod.ts';
import type { Runner } from './runner.ts';
import type { Container, Pod } from './types.ts';

export interface KubeletOptions {
  objects: Objects;
  node: Node;
  dns: DnsSettings;
  /** Bounds how many sandboxes and containers are being started at once, on all nodes together: they share the processors. */
  starting: Limiter;
}

export interface Kubelet extends KubeletApi {
  /** Lets go of everything: nothing is taken off the network. For a node that is stopped next. */
  stop(): void;
}

/** Registers the node and begins to run what is bound to it. */
export function startKubelet(options: KubeletOptions): Kubelet {
  const { objects, node } = options;
  const workers = new Map<string, PodWorker>();
  const record = recorder(objects, 'kubelet', node.name);
  registerNode(objects, node);
  const network = new NodeNetwork(node, (problem) => reportNetwork(objects, node, problem));
  network.start();
  const host: PodHost = {
    ...options,
    network,
    event: (pod, type, reason, message, container) =>
      record(pod, type, reason, message, container && fieldPath(pod, container)),
  };

  const stopWatching = objects.watch<Pod>('Pod', ({ type, object: pod }) => {
    if (pod.spec.nodeName !== node.name) return;
    const uid = pod.metadata.uid as string;
    const worker = workers.get(uid);
    if (type === 'DELETED') worker?.vanish();
    else if (worker) worker.update(pod);
    else if (!['Succeeded', 'Failed'].includes(pod.status?.phase ?? '')) {
      const fresh = new PodWorker(host, pod);
      workers.set(uid, fresh);
      void fresh.run().finally(() => workers.delete(uid));
    } else if (pod.metadata.deletionTimestamp !== undefined) {
      objects.delete('Pod', pod.metadata.namespace, pod.metadata.name, { gracePeriodSeconds: 0, uid });
    }
  });

  function runnerOf(namespace: string, name: string, container: string): Runner {
    // by what is in the API now: one of the same name may still be ending
    const uid = objects.get('Pod', namespace, name)?.metadata.uid;
    const worker = uid === undefined ? undefined : workers.get(uid);
    const runner = worker?.runner(container);
    if (!runner)
      throw new ApiError(
        404,
        'NotFound',
        `container ${container} is not in pod ${namespace}/${name} of node ${node.name}`,
      );
    return runner;
  }

  function runningOf(namespace: string, pod: string, container: string): RunningContainer {
    const { running } = runnerOf(namespace, pod, container);
    if (!running) throw new ApiError(404, 'NotFound', `container not found ("${container}")`);
    return running;
  }

  return {
    async exec(namespace, pod, container, argv, streams, { signal }) {
      return execStreaming(runningOf(namespace, pod, container), argv, streams, signal);
    },
    async attach(namespace, pod, container, streams, { signal }) {
      return attach(runningOf(namespace, pod, container), streams, signal);
    },
    async logs(namespace, pod, container, out, request) {
      const log = runnerOf(namespace, pod, container).log(request.previous === true);
      if (log) return writeLog(log, out, request);
      if (request.previous)
        throw new ApiError(400, 'BadRequest', `previous terminated container "${container}" in pod "${pod}" not found`);
      throw new ApiError(
        400,
        'BadRequest',
        `container "${container}" in pod "${pod}" is waiting to start: ContainerCreating`,
      );
    },
    stop() {
      stopWatching();
      network.stop();
      for (const worker of workers.values()) worker.abandon();
    },
  };
}

function fieldPath(pod: Pod, { name }: Container): string {
  const list = pod.spec.containers.some((container) => container.name === name) ? 'containers' : 'initContainers';
  return `spec.${list}{${name}}`;
}
