/** Keeps one container of a Pod as its spec wants it: starts, probes, restarts and stops it. One runner per container and sandbox. */
import type { Outcome } from './handlers.ts';
import { carryOut, type HandlerHost } from './handlers.ts';
import type { Exit, RunningContainer } from './container.ts';
import { ConfigurationError } from './environment.ts';
import type { ContainerLog } from './log.ts';
import { runProbe } from './probe.ts';
import { timestamp } from './status.ts';
import type { Container, ContainerStateStatus, ContainerStatus, Handler, Probe } from './types.ts';
import { doubling, sleep, waits } from './wait.ts';

/** What a runner needs of its Pod. */
export interface RunnerHost {
  /** Starts the container's program once. `attempt` counts its runs. Throws ImageError, ConfigurationError, or what went wrong. */
  start(container: Container, attempt: number): Promise<RunningContainer>;
  handlers(running: RunningContainer): HandlerHost;
  event(type: 'Normal' | 'Warning', reason: string, message: string, container: Container): void;
  /** Its status is another one. */
  changed(): void;
  /** False when the Pod needs a new sandbox before anything can be started in it. */
  sandboxExists(): boolean;
  gracePeriodMs(): number;
}

/** The image stands for no program here. */
export class ImageError extends Error {}

export class Runner {
  readonly container: Container;
  /** Resolves once it has run for the last time: it ended and will not be restarted, or it was stopped. */
  readonly finished: Promise<void>;
  readonly #host: RunnerHost;
  readonly #restart: (exitCode: number) => boolean;
  readonly #stopping = new AbortController();
  #state: ContainerStateStatus = { waiting: { reason: 'ContainerCreating' } };
  #lastState: ContainerStateStatus = {};
  #restarts = 0;
  #ready = false;
  #started = false;
  #running: RunningContainer | undefined;
  #id: string | undefined;
  #log: ContainerLog | undefined;
  #previousLog: ContainerLog | undefined;
  #killing: Promise<void> | undefined;
  #hurry = new AbortController();
  #finish: () => void = () => {};
  #up: () => void = () => {};
  /** Resolves when it first counts as started: what follows a sidecar waits for that. */
  readonly up: Promise<void>;

  constructor(container: Container, host: RunnerHost, restart: (exitCode: number) => boolean) {
    this.container = container;
    this.#host = host;
    this.#restart = restart;
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.up = new Promise((resolve) => {
      this.#up = resolve;
    });
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

  get running(): RunningContainer | undefined {
    return this.#running;
  }

  log(previous: boolean): ContainerLog | undefined {
    return previous ? this.#previousLog : this.#log;
  }

  /** Starts the work; see `finished`. */
  go(): void {
    void this.#work().finally(() => {
      this.#finish();
      this.#up();
    });
  }

  /** Shows why it is not running yet. */
  wait(reason: string, message?: string): void {
    this.#state = { waiting: { reason, ...(message && { message }) } };
    this.#host.changed();
  }

  async #work(): Promise<void> {
    const { signal } = this.#stopping;
    let crashes = 0;
    while (!signal.aborted && this.#host.sandboxExists()) {
      const running = await this.#start();
      if (running === undefined) {
        await sleep(waits.missing, signal);
        continue;
      }
      const exit = running instanceof Object && 'ended' in running ? await this.#attend(running) : running;
      const ran = exit.finishedAt.getTime() - (this.#startedAt?.getTime() ?? 0);
      if (!this.#restart(exit.exitCode) || signal.aborted) return;
      if (ran > waits.crashForgotten) crashes = 0;
      // the first restart comes at once
      const wait = crashes === 0 ? 0 : doubling(waits.crashFirst, waits.crashMost, crashes - 1);
      crashes += 1;
      if (wait > 0) await this.#backOff(wait);
      if (!signal.aborted) this.#restarts += 1;
    }
  }

  #startedAt: Date | undefined;

  async #backOff(ms: number): Promise<void> {
    const { name } = this.container;
    const message = `back-off ${ms / 1000}s restarting failed container=${name}`;
    this.#host.event('Warning', 'BackOff', `Back-off restarting failed container ${name}`, this.container);
    this.wait('CrashLoopBackOff', message);
    await sleep(ms, this.#stopping.signal);
  }

  /** Undefined: something that it needs is missing, and it waits. An Exit: the program could not be started. */
  async #start(): Promise<RunningContainer | Exit | undefined> {
    try {
      const running = await this.#host.start(this.container, this.#restarts);
      this.#startedAt = running.startedAt;
      this.#id = running.id;
      this.#previousLog = this.#log;
      this.#log = running.log;
      return running;
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof ImageError) {
        const again = this.#state.waiting?.reason === 'ErrImagePull' || this.#state.waiting?.reason === 'ImagePullBackOff';
        if (!again) this.#host.event('Warning', 'Failed', message, this.container);
        this.wait(again ? 'ImagePullBackOff' : 'ErrImagePull', message);
        return undefined;
      }
      if (error instanceof ConfigurationError) {
        if (this.#state.waiting?.reason !== 'CreateContainerConfigError') this.#host.event('Warning', 'Failed', `Error: ${message}`, this.container);
        this.wait('CreateContainerConfigError', message);
        return undefined;
      }
      this.#host.event('Warning', 'Failed', `Error: failed to start container "${this.container.name}": ${message}`, this.container);
      const finishedAt = new Date();
      this.#startedAt = finishedAt;
      const exit = { exitCode: 128, error: message, finishedAt };
      this.#terminated(exit, undefined);
      return exit;
    }
  }

  /** From its start to its end: hooks, probes, status. */
  async #attend(running: RunningContainer): Promise<Exit> {
    const over = new AbortController();
    this.#running = running;
    this.#killing = undefined;
    this.#state = { running: { startedAt: timestamp(running.startedAt) } };
    const { postStart } = this.container.lifecycle ?? {};
    this.#started = false;
    this.#ready = false;
    this.#host.event('Normal', 'Started', `Started container ${this.container.name}`, this.container);
    if (postStart) void this.#postStart(postStart, running, over.signal);
    else this.#begin(running, over.signal);
    this.#host.changed();
    const exit = await running.ended;
    over.abort();
    this.#running = undefined;
    this.#terminated(exit, running);
    return exit;
  }

  #terminated(exit: Exit, running: RunningContainer | undefined): void {
    this.#ready = false;
    this.#started = false;
    const terminated = {
      exitCode: exit.exitCode,
      reason: exit.error === undefined ? (exit.exitCode === 0 ? 'Completed' : 'Error') : 'StartError',
      ...(exit.error !== undefined && { message: exit.error }),
      startedAt: running ? timestamp(running.startedAt) : null,
      finishedAt: timestamp(exit.finishedAt),
      ...(running && { containerID: `netvet://${running.id}` }),
    };
    const again = this.#restart(exit.exitCode) && !this.#stopping.signal.aborted;
    this.#state = { terminated };
    if (again) this.#lastState = { terminated };
    this.#host.changed();
  }

  async #postStart(hook: Handler, running: RunningContainer, over: AbortSignal): Promise<void> {
    const outcome = await carryOut(hook, this.container, this.#host.handlers(running), waits.crashMost);
    if (over.aborted) return;
    if (outcome.ok) this.#begin(running, over);
    else {
      this.#host.event('Warning', 'FailedPostStartHook', `PostStartHook failed: ${outcome.detail}`, this.container);
      await this.kill(this.#host.gracePeriodMs());
    }
  }

  /** Probing begins. Without a startup probe a running container has started, without a readiness probe a started one is ready. */
  #begin(running: RunningContainer, over: AbortSignal): void {
    const { startupProbe } = this.container;
    if (!startupProbe) return this.#hasStarted(running, over);
    const succeeded = new AbortController();
    const signal = AbortSignal.any([over, this.#stopping.signal, succeeded.signal]);
    this.#probe('Startup', startupProbe, running, signal, false, (ok) => {
      if (!ok) return this.#unhealthy('startup', startupProbe);
      succeeded.abort();
      this.#hasStarted(running, over);
    });
  }

  #hasStarted(running: RunningContainer, over: AbortSignal): void {
    const { livenessProbe, readinessProbe } = this.container;
    this.#started = true;
    this.#ready = !readinessProbe;
    this.#up();
    this.#host.changed();
    if (readinessProbe) {
      // goes on while the Pod terminates: others must learn that it no longer serves
      this.#probe('Readiness', readinessProbe, running, over, false, (ok) => {
        this.#ready = ok;
        this.#host.changed();
      });
    }
    if (livenessProbe) {
      const signal = AbortSignal.any([over, this.#stopping.signal]);
      this.#probe('Liveness', livenessProbe, running, signal, true, (ok) => {
        if (!ok) this.#unhealthy('liveness', livenessProbe);
      });
    }
  }

  #probe(kind: string, probe: Probe, running: RunningContainer, signal: AbortSignal, initially: boolean, changed: (ok: boolean) => void): void {
    const failed = (detail: string) => this.#host.event('Warning', 'Unhealthy', `${kind} probe failed: ${detail}`, this.container);
    void runProbe({ probe, container: this.container, host: this.#host.handlers(running), signal, failed, changed, initially });
  }

  #unhealthy(kind: string, probe: Probe): void {
    this.#host.event('Normal', 'Killing', `Container ${this.container.name} failed ${kind} probe, will be restarted`, this.container);
    const { terminationGracePeriodSeconds } = probe;
    void this.kill(terminationGracePeriodSeconds === undefined ? this.#host.gracePeriodMs() : terminationGracePeriodSeconds * 1000);
  }

  /** preStop hook, SIGTERM, and SIGKILL when the grace period is over. Resolves when it has ended. A shorter period may follow a longer. */
  kill(graceMs: number): Promise<void> {
    const running = this.#running;
    if (!running) return Promise.resolve();
    const timer = setTimeout(() => {
      this.#hurry.abort();
      running.kill('SIGKILL');
    }, graceMs);
    void running.ended.then(() => clearTimeout(timer));
    this.#killing ??= this.#terminate(running, graceMs);
    return this.#killing;
  }

  async #terminate(running: RunningContainer, graceMs: number): Promise<void> {
    const { preStop } = this.container.lifecycle ?? {};
    if (preStop && graceMs > 0) {
      const began = Date.now();
      const hook: Promise<Outcome | void> = carryOut(preStop, this.container, this.#host.handlers(running), graceMs);
      const outcome = await Promise.race([hook, running.ended.then(() => {}), sleep(graceMs, this.#hurry.signal)]);
      if (outcome && !outcome.ok) this.#host.event('Warning', 'FailedPreStopHook', `PreStopHook failed: ${outcome.detail}`, this.container);
      const left = Math.max(waits.leastGrace, graceMs - (Date.now() - began));
      const timer = setTimeout(() => running.kill('SIGKILL'), left);
      void running.ended.then(() => clearTimeout(timer));
    }
    running.kill(graceMs > 0 ? 'SIGTERM' : 'SIGKILL');
    await running.ended;
  }

  /** No more restarts, and an end to what runs. Resolves when it has finished. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    if (this.#running) {
      if (!this.#killing) this.#host.event('Normal', 'Killing', `Stopping container ${this.container.name}`, this.container);
      await this.kill(graceMs);
    }
    await this.finished;
  }
}
