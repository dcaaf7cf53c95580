/** One run of a container, from its program's start to its end: hooks, probes, and the way it is ended. */
import type { RunningContainer } from './container.ts';
import { carryOut, type Outcome } from './handlers.ts';
import { runProbe } from './probe.ts';
import type { RunnerHost } from './runner-host.ts';
import type { Container, Handler, Probe } from './types.ts';
import { sleep, waits } from './wait.ts';

export class Attendance {
  readonly running: RunningContainer;
  readonly #container: Container;
  readonly #host: RunnerHost;
  readonly #changed: (state: { started: boolean; ready: boolean }) => void;
  readonly #over = new AbortController();
  /** Fires when the Pod is to end: what restarts containers ends then, what says that one is ready goes on. */
  readonly #stopping: AbortSignal;
  readonly #hurry = new AbortController();
  #killing: Promise<void> | undefined;

  /** `changed` is told when the container counts as started, and when it becomes ready or ceases to be. */
  constructor(
    running: RunningContainer,
    container: Container,
    host: RunnerHost,
    stopping: AbortSignal,
    changed: (state: { started: boolean; ready: boolean }) => void,
  ) {
    this.running = running;
    this.#container = container;
    this.#host = host;
    this.#stopping = stopping;
    this.#changed = changed;
    void running.ended.then(() => this.#over.abort());
    const { postStart } = container.lifecycle ?? {};
    if (postStart) void this.#postStart(postStart);
    else this.#begin();
  }

  async #postStart(hook: Handler): Promise<void> {
    const outcome = await carryOut(hook, this.#container, this.#host.handlers(this.running), waits.hook);
    if (this.#over.signal.aborted) return;
    if (outcome.ok) return this.#begin();
    this.#host.event('Warning', 'FailedPostStartHook', `PostStartHook failed: ${outcome.detail}`, this.#container);
    await this.kill(this.#host.gracePeriodMs());
  }

  /** Probing begins. Without a startup probe a running container has started, without a readiness probe a started one is ready. */
  #begin(): void {
    const { startupProbe } = this.#container;
    if (!startupProbe) return this.#started();
    const succeeded = new AbortController();
    const until = AbortSignal.any([this.#over.signal, this.#stopping, succeeded.signal]);
    this.#probe('Startup', startupProbe, until, false, (ok) => {
      if (!ok) return this.#unhealthy('startup', startupProbe);
      succeeded.abort();
      this.#started();
    });
  }

  #started(): void {
    const { livenessProbe, readinessProbe } = this.#container;
    this.#changed({ started: true, ready: !readinessProbe });
    if (readinessProbe) {
      this.#probe('Readiness', readinessProbe, this.#over.signal, false, (ready) =>
        this.#changed({ started: true, ready }),
      );
    }
    if (livenessProbe) {
      const until = AbortSignal.any([this.#over.signal, this.#stopping]);
      this.#probe('Liveness', livenessProbe, until, true, (ok) => {
        if (!ok) this.#unhealthy('liveness', livenessProbe);
      });
    }
  }

  #probe(kind: string, probe: Probe, signal: AbortSignal, initially: boolean, changed: (ok: boolean) => void): void {
    const failed = (detail: string) =>
      this.#host.event('Warning', 'Unhealthy', `${kind} probe failed: ${detail}`, this.#container);
    void runProbe({
      probe,
      container: this.#container,
      host: this.#host.handlers(this.running),
      signal,
      failed,
      changed,
      initially,
    });
  }

  #unhealthy(kind: string, probe: Probe): void {
    this.#host.event(
      'Normal',
      'Killing',
      `Container ${this.#container.name} failed ${kind} probe, will be restarted`,
      this.#container,
    );
    const { terminationGracePeriodSeconds } = probe;
    void this.kill(
      terminationGracePeriodSeconds === undefined ? this.#host.gracePeriodMs() : terminationGracePeriodSeconds * 1000,
    );
  }

  get isBeingKilled(): boolean {
    return this.#killing !== undefined;
  }

  /**
   * preStop hook, SIGTERM, and SIGKILL when the grace period is over. Resolves when the container has ended. May be called again with a
   * shorter period.
   */
  kill(graceMs: number): Promise<void> {
    this.#killAfter(graceMs, () => this.#hurry.abort());
    this.#killing ??= this.#terminate(graceMs);
    return this.#killing;
  }

  #killAfter(ms: number, first: () => void = () => {}): void {
    const timer = setTimeout(() => {
      first();
      this.running.kill('SIGKILL');
    }, ms);
    void this.running.ended.then(() => clearTimeout(timer));
  }

  async #terminate(graceMs: number): Promise<void> {
    const { preStop } = this.#container.lifecycle ?? {};
    if (preStop && graceMs > 0) {
      const ended = this.running.ended.then((): Outcome => ({ ok: true, detail: '' }));
      const late = sleep(graceMs, this.#hurry.signal).then(
        (): Outcome => ({ ok: false, detail: 'the grace period is over' }),
      );
      const hook = carryOut(preStop, this.#container, this.#host.handlers(this.running), graceMs);
      const { ok, detail } = await Promise.race([hook, ended, late]);
      if (!ok) this.#host.event('Warning', 'FailedPreStopHook', `PreStopHook failed: ${detail}`, this.#container);
    }
    this.running.kill(graceMs > 0 ? 'SIGTERM' : 'SIGKILL');
    await this.running.ended;
  }
}
