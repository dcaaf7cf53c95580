/**
 * Keeps one container of a Pod as its spec wants it: starts it, restarts it, stops it. One worker per container and
 * sandbox.
 */

import { timestamp } from '../api/storage/metadata.ts';
import type { Container, ContainerState, ContainerStatus } from '../kinds.ts';
import { ImageError } from './container-config.ts';
import { ConfigurationError } from './environment.ts';
import { beginLifecycle, type ContainerHost, type Lifecycle } from './lifecycle.ts';
import type { ContainerLog } from './logs.ts';
import type { Exit, RunningContainer } from './runtime.ts';
import { doubling, sleep, waits } from './wait.ts';

export class ContainerWorker {
  readonly container: Container;
  readonly #host: ContainerHost;
  readonly #restart: (exitCode: number) => boolean;
  readonly #stopping = new AbortController();
  readonly #finished = Promise.withResolvers<void>();
  readonly #firstStarted = Promise.withResolvers<void>();
  #working = false;
  #state: ContainerState = { waiting: { reason: 'ContainerCreating' } };
  #lastState: ContainerState = {};
  #restarts = 0;
  #ready = false;
  #started = false;
  #lifecycle: Lifecycle | undefined;
  #id: string | undefined;
  #log: ContainerLog | undefined;
  #previousLog: ContainerLog | undefined;

  /** `restart` decides, by its exit code, whether a container that ended is started again. */
  constructor(container: Container, host: ContainerHost, restart: (exitCode: number) => boolean) {
    this.container = container;
    this.#host = host;
    this.#restart = restart;
  }

  /** Resolves once it has run for the last time: it ended and will not be restarted, or it was stopped. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  /** Resolves when it first counts as started, or never will: what follows a sidecar waits for that. */
  get started(): Promise<void> {
    return this.#firstStarted.promise;
  }

  get running(): RunningContainer | undefined {
    return this.#lifecycle?.running;
  }

  get status(): ContainerStatus {
    const { name, image } = this.container;
    return {
      name,
      image,
      imageID: this.#id === undefined ? '' : image,
      ...(this.#id !== undefined && { containerID: `netvet://${this.#id}` }),
      ready: this.#ready,
      started: this.#started,
      restartCount: this.#restarts,
      state: this.#state,
      lastState: this.#lastState,
    };
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#host.event(type, reason, message, this.container);
  }

  log(previous: boolean): ContainerLog | undefined {
    return previous ? this.#previousLog : this.#log;
  }

  /** Begins to run it; see `finished`. */
  start(): void {
    this.#working = true;
    void this.#work().finally(() => {
      this.#finished.resolve();
      this.#firstStarted.resolve();
    });
  }

  /** Shows why it is not running. */
  wait(reason: string, message?: string): void {
    const { waiting } = this.#state;
    if (waiting?.reason === reason && waiting.message === message) return;
    this.#state = { waiting: { reason, ...(message && { message }) } };
    this.#host.changed();
  }

  /** No more restarts, and an end to what runs, within the grace period. Resolves when it has finished. Repeatable. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    if (!this.#working) return;
    if (this.#lifecycle) {
      if (!this.#lifecycle.isBeingKilled())
        this.#event('Normal', 'Killing', `Stopping container ${this.container.name}`);
      await this.#lifecycle.kill(graceMs);
    }
    await this.finished;
  }

  async #work(): Promise<void> {
    const { signal } = this.#stopping;
    let crashes = 0;
    while (!signal.aborted && this.#host.sandboxExists()) {
      const began = Date.now();
      const exit = await this.#runOnce();
      if (exit === undefined) {
        await sleep(waits.missing, signal);
        continue;
      }
      if (!this.#restart(exit.exitCode) || signal.aborted) return;
      if (Date.now() - began > waits.crashForgotten) crashes = 0;
      // the first restart comes at once
      if (crashes > 0) await this.#backOff(doubling(waits.crashFirst, waits.crashMost, crashes - 1));
      crashes += 1;
      if (!signal.aborted) this.#restarts += 1;
    }
  }

  async #backOff(ms: number): Promise<void> {
    const { name } = this.container;
    this.#event('Warning', 'BackOff', `Back-off restarting failed container ${name}`);
    this.wait('CrashLoopBackOff', `back-off ${ms / 1000}s restarting failed container=${name}`);
    await sleep(ms, this.#stopping.signal);
  }

  /** Gives how it ended, or undefined if something that it needs is missing. */
  async #runOnce(): Promise<Exit | undefined> {
    let running: RunningContainer;
    try {
      running = await this.#host.start(this.container, this.#restarts);
    } catch (error) {
      return this.#notStarted(error as Error);
    }
    this.#id = running.id;
    this.#previousLog = this.#log;
    this.#log = running.log;
    this.#state = { running: { startedAt: timestamp(running.startedAt) } };
    this.#event('Normal', 'Started', `Started container ${this.container.name}`);
    const told = (state: { started: boolean; ready: boolean }) => {
      this.#started = state.started;
      this.#ready = state.ready;
      if (state.started) this.#firstStarted.resolve();
      this.#host.changed();
    };
    this.#lifecycle = beginLifecycle(running, this.container, this.#host, this.#stopping.signal, told);
    this.#host.changed();
    // its end was asked for while it was being started
    if (this.#stopping.signal.aborted) void this.#lifecycle.kill(this.#host.gracePeriodMs());
    const exit = await running.ended;
    this.#lifecycle = undefined;
    this.#terminated(exit, running);
    return exit;
  }

  #notStarted(error: Error): Exit | undefined {
    const before = this.#state.waiting?.reason;
    if (error instanceof ImageError) {
      const again = before === 'ErrImagePull' || before === 'ImagePullBackOff';
      if (!again) this.#event('Warning', 'Failed', error.message);
      this.wait(again ? 'ImagePullBackOff' : 'ErrImagePull', error.message);
      return undefined;
    }
    if (error instanceof ConfigurationError) {
      if (before !== 'CreateContainerConfigError') this.#event('Warning', 'Failed', `Error: ${error.message}`);
      this.wait('CreateContainerConfigError', error.message);
      return undefined;
    }
    const message = `Error: failed to start container "${this.container.name}": ${error.message}`;
    this.#event('Warning', 'Failed', message);
    const exit = { exitCode: 128, error: error.message, finishedAt: Date.now() };
    this.#terminated(exit, undefined);
    return exit;
  }

  #terminated(exit: Exit, running: RunningContainer | undefined): void {
    this.#ready = false;
    this.#started = false;
    const terminated = {
      exitCode: exit.exitCode,
      reason: exit.error !== undefined ? 'StartError' : exit.exitCode === 0 ? 'Completed' : 'Error',
      ...(exit.error !== undefined && { message: exit.error }),
      startedAt: running ? timestamp(running.startedAt) : null,
      finishedAt: timestamp(exit.finishedAt),
      ...(running && { containerID: `netvet://${running.id}` }),
    };
    this.#state = { terminated };
    if (this.#restart(exit.exitCode) && !this.#stopping.signal.aborted) this.#lastState = { terminated };
    this.#host.changed();
  }
}
