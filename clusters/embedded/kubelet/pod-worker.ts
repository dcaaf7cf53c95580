/** One Pod on its node, from its first appearance to its removal from the API. One worker per Pod UID. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Container, Pod } from '../kinds.ts';
import { containerConfig } from './container-config.ts';
import type { ContainerWorker } from './container-worker.ts';
import type { Facts } from './environment.ts';
import { execute } from './exec.ts';
import type { ContainerHost } from './lifecycle.ts';
import { type PodContainers, podContainers } from './pod-containers.ts';
import { startContainer } from './runtime.ts';
import { type PodHost, PodSandbox, type Sandbox } from './sandbox.ts';
import { type Observed, statusManager } from './status-manager.ts';
import { prepareVolumes } from './volumes.ts';
import { sleep, waits } from './wait.ts';

export class PodWorker {
  readonly #host: PodHost;
  readonly #uid: string;
  readonly #startTime = new Date();
  readonly #ending = new AbortController();
  readonly #removable = Promise.withResolvers<void>();
  readonly #sandbox: PodSandbox;
  readonly #status: ReturnType<typeof statusManager>;
  #pod: Pod;
  #containers: PodContainers;
  #volumes = new Map<string, string>();
  #failed: Observed['failed'];
  #forced = false;
  #abandoned = false;

  constructor(host: PodHost, pod: Pod) {
    this.#host = host;
    this.#pod = pod;
    this.#uid = pod.metadata.uid as string;
    this.#sandbox = new PodSandbox(host, (reason, message) => host.event(this.#pod, 'Warning', reason, message));
    this.#status = statusManager(host.objects, pod, () => this.#observe());
    this.#containers = podContainers(pod.spec, this.#containerHost);
  }

  container(name: string): ContainerWorker | undefined {
    return this.#containers.workers.find(({ container }) => container.name === name);
  }

  /** Lives the Pod's life; resolves when nothing of it is left, here and in the API. */
  async run(): Promise<void> {
    this.#status.write();
    if (this.#pod.metadata.deletionTimestamp !== undefined) this.#end();
    const { activeDeadlineSeconds: deadline } = this.#pod.spec;
    const timer = deadline === undefined ? undefined : setTimeout(() => this.#exceeded(), deadline * 1000);
    await this.#live();
    clearTimeout(timer);
    await this.#containers.stop(this.#graceMs());
    if (this.#abandoned) return;
    await this.#sandbox.stop();
    this.#status.write();
    rmSync(join(this.#host.node.state, this.#directory), { recursive: true, force: true });
    // one that has finished stays until somebody deletes it, and until its last status was written
    await this.#removable.promise;
    await sleep(waits.statusWritten);
    rmSync(this.#logs, { recursive: true, force: true });
    this.#status.remove();
  }

  /** The API's newest version of the Pod. */
  update(pod: Pod): void {
    const before = this.#pod.metadata;
    this.#pod = pod;
    const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata;
    if (deletionTimestamp === undefined) return;
    const isNew = before.deletionTimestamp === undefined;
    if (isNew || deletionGracePeriodSeconds < (before.deletionGracePeriodSeconds ?? 0)) this.#end();
  }

  /** It is no longer in the API: somebody deleted it by force. */
  vanish(): void {
    this.#forced = true;
    this.#end();
  }

  /** The node is about to end: nothing more is undone, nothing is tried again. */
  abandon(): void {
    this.#abandoned = true;
    this.#end();
  }

  #end(): void {
    this.#ending.abort();
    this.#removable.resolve();
    void this.#containers.stop(this.#graceMs());
  }

  #exceeded(): void {
    this.#failed = {
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    };
    this.#ending.abort();
  }

  #graceMs(): number {
    const { deletionGracePeriodSeconds } = this.#pod.metadata;
    if (this.#forced || deletionGracePeriodSeconds === 0) return waits.forcedGrace;
    return (deletionGracePeriodSeconds ?? this.#pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
  }

  get #logs(): string {
    const { namespace, name } = this.#pod.metadata;
    return join(this.#host.node.state, 'var-log/pods', `${namespace}_${name}_${this.#uid}`);
  }

  get #directory(): string {
    return `/run/netvet/pods/${this.#uid}`;
  }

  /** Until all containers have finished for good, or the Pod is to end. */
  async #live(): Promise<void> {
    const { signal } = this.#ending;
    await this.#makeVolumes();
    while (!signal.aborted) {
      await this.#sandbox.create(this.#pod, signal);
      if (signal.aborted) return;
      // its address is told with what the containers do first, as the kubelet's status manager has it
      const aborted = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      await this.#containers.run(aborted);
      if (signal.aborted || !this.#sandbox.isLost) return;
      this.#host.event(this.#pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
      await this.#containers.stop(waits.forcedGrace);
      await this.#sandbox.stop();
      this.#containers = podContainers(this.#pod.spec, this.#containerHost);
      this.#status.write();
    }
  }

  async #makeVolumes(): Promise<void> {
    const { objects, node } = this.#host;
    for (let told = ''; !this.#ending.signal.aborted; ) {
      try {
        this.#volumes = prepareVolumes(objects, node, this.#pod, `${this.#directory}/volumes`, this.#facts);
        return;
      } catch (error) {
        const { message } = error as Error;
        if (message !== told) this.#host.event(this.#pod, 'Warning', 'FailedMount', message);
        told = message;
        await sleep(waits.missing, this.#ending.signal);
      }
    }
  }

  get #facts(): Facts {
    return { podIP: this.#sandbox.podIPs[0] ?? '', hostIP: this.#host.node.address };
  }

  get #containerHost(): ContainerHost {
    const { node, starting } = this.#host;
    const start = (container: Container, attempt: number) => {
      const parts = {
        pod: this.#pod,
        sandbox: this.#sandbox.current as Sandbox,
        volumes: this.#volumes,
        facts: this.#facts,
        directory: this.#directory,
        logs: this.#logs,
      };
      return startContainer(node, containerConfig(this.#host, parts, container, attempt));
    };
    return {
      // before new sandboxes: a Pod that has begun is finished first
      start: (container, attempt) => starting(async () => start(container, attempt), true),
      handlers: (running) => ({
        shim: node.shim,
        podIP: this.#facts.podIP,
        exec: (argv, timeoutMs) => execute(node, running, argv, timeoutMs),
      }),
      event: (type, reason, message, container) => this.#host.event(this.#pod, type, reason, message, container),
      changed: () => this.#status.write(),
      sandboxExists: () => !this.#sandbox.isLost,
      gracePeriodMs: () => this.#graceMs(),
    };
  }

  #observe(): Observed & { isEnding: boolean } {
    return {
      startTime: this.#startTime,
      hostIP: this.#host.node.address,
      podIPs: this.#sandbox.podIPs,
      sandboxReady: this.#sandbox.current !== undefined,
      isEnding: this.#ending.signal.aborted,
      ...this.#containers.statuses(),
      ...(this.#failed && { failed: this.#failed }),
    };
  }
}
