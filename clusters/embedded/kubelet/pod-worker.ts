import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Container, Pod } from '../kinds.ts';
import { containerConfig } from './container-config.ts';
import type { Facts } from './environment.ts';
import { execute } from './exec.ts';
import type { ContainerHost } from './lifecycle.ts';
import { podContainers } from './pod-containers.ts';
import { startContainer } from './runtime.ts';
import { type PodHost, podSandbox, type Sandbox } from './sandbox.ts';
import { isTrue, type Observed, statusManager } from './status-manager.ts';
import { prepareVolumes } from './volumes.ts';
import { sleep, waits } from './wait.ts';

export type PodWorker = ReturnType<typeof podWorker>;

/** One Pod on its node, from its first appearance to its removal from the API. One worker per Pod UID. */
export function podWorker(host: PodHost, appeared: Pod) {
  const { objects, node } = host;
  const { namespace, name, uid } = appeared.metadata;
  const directory = `/run/netvet/pods/${uid}`;
  const logs = join(node.state, 'var-log/pods', `${namespace}_${name}_${uid}`);
  const startTime = new Date();
  const ending = new AbortController();
  const { signal } = ending;
  const removable = Promise.withResolvers<void>();
  let pod = appeared;
  let volumes = new Map<string, string>();
  let failed: Observed['failed'];
  let isForced = false;
  let isAbandoned = false;

  const sandbox = podSandbox(host, (reason, message) => host.event(pod, 'Warning', reason, message));
  const status = statusManager(objects, pod, () => ({
    startTime,
    hostIP: node.address,
    podIPs: sandbox.podIPs(),
    sandboxReady: sandbox.current() !== undefined,
    isEnding: signal.aborted,
    ...containers.statuses(),
    ...(failed && { failed }),
  }));
  const facts = (): Facts => ({ podIP: sandbox.podIPs()[0] ?? '', hostIP: node.address });

  function start(container: Container, attempt: number) {
    const parts = { pod, sandbox: sandbox.current() as Sandbox, volumes, facts: facts(), directory, logs };
    return startContainer(node, containerConfig(host, parts, container, attempt));
  }

  const containerHost: ContainerHost = {
    // before new sandboxes: a Pod that has begun is finished first
    start: (container, attempt) => host.starting(async () => start(container, attempt), true),
    handlers: (running) => ({
      shim: node.shim,
      podIP: facts().podIP,
      exec: (argv, timeoutMs) => execute(node, running, argv, timeoutMs),
    }),
    event: (type, reason, message, container) => host.event(pod, type, reason, message, container),
    changed: () => status.write(),
    sandboxExists: () => !sandbox.isLost(),
    gracePeriodMs,
  };
  let containers = podContainers(pod.spec, containerHost);

  function gracePeriodMs(): number {
    const { deletionGracePeriodSeconds } = pod.metadata;
    if (isForced || deletionGracePeriodSeconds === 0) return waits.forcedGrace;
    return (deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
  }

  function end(): void {
    ending.abort();
    removable.resolve();
    void containers.stop(gracePeriodMs());
  }

  function exceeded(): void {
    const message = 'Pod was active on the node longer than the specified deadline';
    failed = { reason: 'DeadlineExceeded', message };
    ending.abort();
  }

  /** Until all containers have finished for good, or the Pod is to end. */
  async function live(): Promise<void> {
    await makeVolumes();
    while (!signal.aborted) {
      await sandbox.create(pod, signal);
      if (signal.aborted) return;
      // its address is told with what the containers do first, as the kubelet's status manager has it
      const aborted = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      await containers.run(aborted);
      if (signal.aborted || !sandbox.isLost()) return;
      host.event(pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
      await containers.stop(waits.forcedGrace);
      await sandbox.stop();
      containers = podContainers(pod.spec, containerHost);
      status.write();
    }
  }

  async function makeVolumes(): Promise<void> {
    for (let told = ''; !signal.aborted; ) {
      try {
        volumes = prepareVolumes(objects, node, pod, `${directory}/volumes`, facts());
        return;
      } catch (error) {
        const { message } = error as Error;
        if (message !== told) host.event(pod, 'Warning', 'FailedMount', message);
        told = message;
        await sleep(waits.missing, signal);
      }
    }
  }

  return {
    container: (name: string) => containers.workers.find(({ container }) => container.name === name),

    /** Lives the Pod's life; resolves when nothing of it is left, here and in the API. */
    async run(): Promise<void> {
      status.write();
      if (pod.metadata.deletionTimestamp !== undefined) end();
      const { activeDeadlineSeconds: deadline } = pod.spec;
      const timer = deadline === undefined ? undefined : setTimeout(exceeded, deadline * 1000);
      await live();
      clearTimeout(timer);
      await containers.stop(gracePeriodMs());
      if (isAbandoned) return;
      await sandbox.stop();
      status.write();
      rmSync(join(node.state, directory), { recursive: true, force: true });
      // one that has finished stays until somebody deletes it, and until its last status was written
      await removable.promise;
      await sleep(waits.statusWritten);
      rmSync(logs, { recursive: true, force: true });
      status.remove();
    },

    /** The API's newest version of the Pod. */
    update(newest: Pod): void {
      const before = pod.metadata;
      pod = newest;
      const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata;
      if (deletionTimestamp === undefined) return;
      const isNew = before.deletionTimestamp === undefined;
      if (isNew || deletionGracePeriodSeconds < (before.deletionGracePeriodSeconds ?? 0)) end();
    },

    /** Says again that it is ready after a controller has said that it is not, because the node was lost. */
    reconcile(): void {
      const says = (wanted: string) => pod.status?.conditions?.some((each) => isTrue(each, wanted));
      if (says('ContainersReady') && !says('Ready')) status.write();
    },

    /** It is no longer in the API: somebody deleted it by force. */
    vanish(): void {
      isForced = true;
      end();
    },

    /** The node is about to end: nothing more is undone, nothing is tried again. */
    abandon(): void {
      isAbandoned = true;
      end();
    },
  };
}
