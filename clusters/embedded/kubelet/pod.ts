/** One Pod on its node, from its first appearance to its removal from the API. One worker per Pod UID. */
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ApiError, type Objects } from '../objects.ts';
import { resolveImage } from '../images/index.ts';
import type { Node } from '../node/index.ts';
import type { Attachment } from './cni/index.ts';
import { attachmentOf } from './attachment.ts';
import { type RunningContainer, startContainer } from './container.ts';
import { environmentOf, expand, type Facts } from './environment.ts';
import { execute } from './exec.ts';
import { type DnsSettings, hostsFile, resolvConf } from './hosts.ts';
import { type NodeNetwork, networkNotReady } from './network.ts';
import { ImageError, Runner, type RunnerHost } from './runner.ts';
import { createSandbox, removeSandbox, type Sandbox, sandboxExists } from './sandbox.ts';
import { type Observed, podStatus } from './status.ts';
import type { Container, Pod } from './types.ts';
import { prepareVolumes } from './volumes.ts';
import { doubling, sleep, waits } from './wait.ts';

/** What all Pods of a node share. */
export interface PodHost {
  objects: Objects;
  node: Node;
  network: NodeNetwork;
  dns: DnsSettings;
  /** Bounds how many sandboxes and containers are being started at once. */
  starting<T>(work: () => Promise<T>): Promise<T>;
  event(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string, container?: Container): void;
}

export class PodWorker {
  readonly #host: PodHost;
  readonly #uid: string;
  readonly #startTime = new Date();
  readonly #ending = new AbortController();
  readonly #sidecars: Set<string>;
  #pod: Pod;
  #runners: Runner[] = [];
  #sandbox: Sandbox | undefined;
  #attachment: Attachment | undefined;
  #podIPs: string[] = [];
  #volumes = new Map<string, string>();
  #failed: Observed['failed'];
  #stale = false;
  #forced = false;

  constructor(host: PodHost, pod: Pod) {
    this.#host = host;
    this.#pod = pod;
    this.#uid = pod.metadata.uid as string;
    this.#sidecars = new Set((pod.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name));
  }

  get pod(): Pod {
    return this.#pod;
  }

  runner(container: string): Runner | undefined {
    return this.#runners.find((runner) => runner.container.name === container);
  }

  /** Lives the Pod's life; resolves when nothing of it is left. */
  async run(): Promise<void> {
    if (this.#pod.metadata.deletionTimestamp !== undefined) this.#ending.abort();
    this.#resetRunners();
    this.#write();
    const deadline = this.#pod.spec.activeDeadlineSeconds;
    const timer = deadline === undefined ? undefined : setTimeout(() => this.#exceeded(), deadline * 1000);
    await this.#live();
    clearTimeout(timer);
    await Promise.all(this.#runners.map((runner) => runner.stop(this.#graceMs())));
    this.#write();
    await this.#leaveNetwork();
    this.#write();
    rmSync(join(this.#host.node.state, this.#directory), { recursive: true, force: true });
    // a Pod that has finished stays until somebody deletes it
    await new Promise<void>((resolve) => {
      if (this.#ending.signal.aborted && !this.#failed) return resolve();
      this.#gone = resolve;
      if (this.#pod.metadata.deletionTimestamp !== undefined || this.#forced) resolve();
    });
    this.#remove();
  }

  #gone: () => void = () => {};

  /** The API's newest version of the Pod. */
  update(pod: Pod): void {
    const before = this.#pod.metadata;
    this.#pod = pod;
    const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
    if (deletionTimestamp === undefined) return;
    const shorter = (deletionGracePeriodSeconds ?? 0) < (before.deletionGracePeriodSeconds ?? Number.POSITIVE_INFINITY);
    if (before.deletionTimestamp === undefined || shorter) this.#end();
  }

  /** It is no longer in the API: somebody deleted it by force. */
  vanish(): void {
    this.#forced = true;
    this.#end();
  }

  #end(): void {
    this.#ending.abort();
    for (const runner of this.#runners) void runner.stop(this.#graceMs());
    this.#gone();
  }

  #exceeded(): void {
    this.#failed = { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' };
    this.#ending.abort();
  }

  #graceMs(): number {
    if (this.#forced) return waits.leastGrace;
    const { deletionGracePeriodSeconds } = this.#pod.metadata;
    return (deletionGracePeriodSeconds ?? this.#pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
  }

  get #directory(): string {
    return `/run/netvet/pods/${this.#uid}`;
  }

  /** Until all containers have finished for good, or the Pod is to end. */
  async #live(): Promise<void> {
    const { signal } = this.#ending;
    await this.#makeVolumes();
    while (!signal.aborted) {
      await this.#enterNetwork();
      if (signal.aborted) return;
      const lost = await this.#runAll();
      if (!lost) return;
      this.#host.event(this.#pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
      await Promise.all(this.#runners.map((runner) => runner.stop(waits.leastGrace)));
      await this.#leaveNetwork();
      this.#resetRunners();
      this.#write();
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

  /** Makes a sandbox and puts it on the network, again and again until that works. */
  async #enterNetwork(): Promise<void> {
    const { signal } = this.#ending;
    const { network, node, starting } = this.#host;
    if (!this.#pod.spec.hostNetwork && network.problem !== undefined) {
      this.#host.event(this.#pod, 'Warning', 'NetworkNotReady', `network is not ready: ${networkNotReady(network.problem)}`);
      await network.ready(signal);
    }
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        await starting(() => (signal.aborted ? Promise.resolve() : this.#attach()));
        return;
      } catch (error) {
        const id = this.#sandbox?.id ?? '';
        const message = `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "${id}": ${(error as Error).message}`;
        this.#host.event(this.#pod, 'Warning', 'FailedCreatePodSandBox', message);
        if (this.#sandbox) removeSandbox(node, this.#sandbox);
        this.#sandbox = undefined;
        this.#attachment = undefined;
        await sleep(doubling(waits.sandboxFirst, waits.sandboxMost, attempt), signal);
      }
    }
  }

  async #attach(): Promise<void> {
    const { node, network } = this.#host;
    this.#sandbox = await createSandbox(node, this.#pod);
    if (this.#sandbox.netns === undefined) {
      this.#podIPs = [node.address];
    } else {
      const attachment = attachmentOf(this.#pod, this.#sandbox, this.#host.dns);
      this.#podIPs = await network.attach(attachment);
      this.#attachment = attachment;
    }
    this.#write();
  }

  /** Init containers one after the other, then all others. True if the sandbox was lost meanwhile. */
  async #runAll(): Promise<boolean> {
    const lost = new AbortController();
    if (this.#attachment) {
      // beside the containers' start: CHECK only confirms what ADD said
      void this.#host.network.verify(this.#attachment).catch((error: Error) => {
        if (this.#ending.signal.aborted) return;
        this.#host.event(this.#pod, 'Warning', 'FailedCheckPodSandBox', error.message);
        lost.abort();
      });
    }
    const gone = new Promise<void>((resolve) => {
      const signal = AbortSignal.any([lost.signal, this.#ending.signal]);
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const over = () => lost.signal.aborted || this.#ending.signal.aborted;
    const count = this.#pod.spec.initContainers?.length ?? 0;
    const sidecars = this.#runners.slice(0, count).filter(({ container }) => isSidecar(container));
    const main = this.#runners.slice(count);
    for (const runner of this.#runners.slice(0, count)) {
      runner.go();
      await Promise.race([isSidecar(runner.container) ? runner.up : runner.finished, gone]);
      if (over()) break;
      if (!isSidecar(runner.container) && runner.status.state.terminated?.exitCode !== 0) return this.#lostSandbox();
    }
    if (!over()) {
      for (const runner of main) runner.wait('ContainerCreating');
      for (const runner of main) runner.go();
      await Promise.race([Promise.all(main.map(({ finished }) => finished)), gone]);
    }
    if (this.#ending.signal.aborted) return false;
    if (lost.signal.aborted || this.#lostSandbox()) return true;
    await Promise.all(sidecars.map((runner) => runner.stop(this.#graceMs())));
    return false;
  }

  #lostSandbox(): boolean {
    return this.#sandbox !== undefined && !sandboxExists(this.#host.node, this.#sandbox);
  }

  async #leaveNetwork(): Promise<void> {
    const { node, network } = this.#host;
    if (this.#attachment) {
      await network.detach(this.#attachment, (error) => this.#host.event(this.#pod, 'Warning', 'FailedKillPod', `error killing pod: ${error.message}`));
      this.#attachment = undefined;
    }
    if (this.#sandbox) removeSandbox(node, this.#sandbox);
    this.#sandbox = undefined;
  }

  get #facts(): Facts {
    return { podIP: this.#podIPs[0] ?? '', hostIP: this.#host.node.address };
  }

  #resetRunners(): void {
    const { initContainers = [], containers, restartPolicy = 'Always' } = this.#pod.spec;
    const again = (exitCode: number) => restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && exitCode !== 0);
    const untilDone = (exitCode: number) => restartPolicy !== 'Never' && exitCode !== 0;
    const host = this.#runnerHost;
    this.#runners = [
      ...initContainers.map((container) => new Runner(container, host, isSidecar(container) ? () => true : untilDone)),
      ...containers.map((container) => new Runner(container, host, again)),
    ];
    if (initContainers.length > 0) for (const runner of this.#runners) runner.wait('PodInitializing');
  }

  get #runnerHost(): RunnerHost {
    return {
      start: (container, attempt) => this.#host.starting(() => this.#start(container, attempt)),
      handlers: (running) => ({
        shim: this.#host.node.shim,
        podIP: this.#podIPs[0] ?? '',
        exec: (argv, timeoutMs) => execute(this.#host.node, running, argv, timeoutMs),
      }),
      event: (type, reason, message, container) => this.#host.event(this.#pod, type, reason, message, container),
      changed: () => this.#write(),
      sandboxExists: () => !this.#lostSandbox(),
      gracePeriodMs: () => this.#graceMs(),
    };
  }

  #start(container: Container, attempt: number): Promise<RunningContainer> {
    const pod = this.#pod;
    const { node, objects, dns } = this.#host;
    const image = imageOf(container.image);
    const env = environmentOf(objects, pod, container, this.#facts, image.env);
    const words = (list: string[]) => list.map((word) => expand(word, env));
    const entrypoint = container.command ?? image.entrypoint;
    const args = container.args ?? (container.command ? [] : image.cmd);
    const mounts = (container.volumeMounts ?? []).map(({ name, mountPath, subPath, readOnly = false }) => {
      const source = join(this.#volumes.get(name) ?? '', subPath ?? '');
      const isFile = statSync(`/proc/${node.pid}/root${source}`, { throwIfNoEntry: false })?.isFile() ?? false;
      return { source, target: mountPath, readOnly, recursive: true, isFile };
    });
    return startContainer(node, {
      directory: `${this.#directory}/containers/${container.name}`,
      logPath: join(node.state, 'var-log/pods', `${pod.metadata.namespace}_${pod.metadata.name}_${this.#uid}`, container.name, `${attempt}.log`),
      argv: [...words(entrypoint), ...words(args)],
      env,
      workingDirectory: container.workingDir ?? '/',
      mounts,
      followsMounts: (container.volumeMounts ?? []).some(({ mountPropagation = 'None' }) => mountPropagation !== 'None'),
      files: {
        '/etc/hosts': hostsFile(pod, this.#podIPs[0] ?? '', dns),
        '/etc/resolv.conf': resolvConf(pod, dns),
        '/etc/hostname': `${env['HOSTNAME']}\n`,
        '/etc/nsswitch.conf': 'hosts: files dns\npasswd: files\ngroup: files\n',
      },
      sandbox: this.#sandbox as Sandbox,
      hostPid: pod.spec.hostPID === true,
    });
  }

  /** Writes the status, once for all changes of this turn. */
  #write(): void {
    if (this.#stale) return;
    this.#stale = true;
    queueMicrotask(() => {
      this.#stale = false;
      this.#writeNow();
    });
  }

  #writeNow(): void {
    const { objects } = this.#host;
    const { namespace, name } = this.#pod.metadata;
    const current = objects.get<Pod>('Pod', namespace, name);
    if (current?.metadata.uid !== this.#uid) return;
    try {
      objects.patch('Pod', namespace, name, { status: podStatus(current, this.#observed, new Date()) }, 'status');
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  get #observed(): Observed {
    const statuses = this.#runners.map(({ status }) => status);
    const count = this.#pod.spec.initContainers?.length ?? 0;
    return {
      startTime: this.#startTime,
      hostIP: this.#host.node.address,
      podIPs: this.#podIPs,
      sandboxReady: this.#sandbox !== undefined,
      init: statuses.slice(0, count),
      main: statuses.slice(count),
      sidecars: this.#sidecars,
      ...(this.#failed && { failed: this.#failed }),
    };
  }

  #remove(): void {
    const { namespace, name } = this.#pod.metadata;
    try {
      this.#host.objects.delete('Pod', namespace, name, { gracePeriodSeconds: 0, uid: this.#uid });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error; // gone already
    }
  }
}

const isSidecar = (container: Container) => container.restartPolicy === 'Always';

function imageOf(reference: string) {
  try {
    return resolveImage(reference);
  } catch (error) {
    throw new ImageError((error as Error).message);
  }
}
