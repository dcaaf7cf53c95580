/** One run of a container, from its program's start to its end: hooks, probes, and the way it is ended. */
import type { Container, Handler } from '../kinds.ts';
import { type HandlerHost, type Outcome, runHandler } from './prober.ts';
import { startProbing } from './prober-manager.ts';
import type { RunningContainer } from './runtime.ts';
import { sleep, waits } from './wait.ts';

/** What a container needs of its Pod. */
export interface ContainerHost {
  /** Starts the program once; `attempt` counts its runs. Throws ImageError, ConfigurationError, or what went wrong. */
  start(container: Container, attempt: number): Promise<RunningContainer>;
  handlers(running: RunningContainer): HandlerHost;
  event(type: 'Normal' | 'Warning', reason: string, message: string, container: Container): void;
  /** Some status is another one. */
  changed(): void;
  /** False when the Pod needs a new sandbox before anything can be started in it. */
  sandboxExists(): boolean;
  gracePeriodMs(): number;
}

export class ContainerLifecycle {
  readonly running: RunningContainer;
  readonly #container: Container;
  readonly #host: ContainerHost;
  readonly #over = new AbortController();
  readonly #hurry = new AbortController();
  #killing: Promise<void> | undefined;

  /** `stopping` and `changed`: see the prober manager. */
  constructor(
    running: RunningContainer,
    container: Container,
    host: ContainerHost,
    stopping: AbortSignal,
    changed: (state: { started: boolean; ready: boolean }) => void,
  ) {
    this.running = running;
    this.#container = container;
    this.#host = host;
    void running.ended.then(() => this.#over.abort());
    const probe = () =>
      startProbing({
        container,
        host: host.handlers(running),
        over: this.#over.signal,
        stopping,
        changed,
        failed: (message) => this.#event('Warning', 'Unhealthy', message),
        unhealthy: (kind, { terminationGracePeriodSeconds: seconds }) => {
          this.#event('Normal', 'Killing', `Container ${container.name} failed ${kind} probe, will be restarted`);
          void this.kill(seconds === undefined ? host.gracePeriodMs() : seconds * 1000);
        },
      });
    const { postStart } = container.lifecycle ?? {};
    if (postStart) void this.#postStart(postStart, probe);
    else probe();
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#host.event(type, reason, message, this.#container);
  }

  async #postStart(hook: Handler, succeeded: () => void): Promise<void> {
    const { ok, detail } = await runHandler(hook, this.#container, this.#host.handlers(this.running), waits.hook);
    if (this.#over.signal.aborted) return;
    if (ok) return succeeded();
    this.#event('Warning', 'FailedPostStartHook', `PostStartHook failed: ${detail}`);
    await this.kill(this.#host.gracePeriodMs());
  }

  get isBeingKilled(): boolean {
    return this.#killing !== undefined;
  }

  /**
   * preStop hook, SIGTERM, and SIGKILL when the grace period is over. Resolves when the container has ended. May be
   * called again with a shorter period.
   */
  kill(graceMs: number): Promise<void> {
    const timer = setTimeout(() => {
      this.#hurry.abort();
      this.running.kill('SIGKILL');
    }, graceMs);
    void this.running.ended.then(() => clearTimeout(timer));
    this.#killing ??= this.#terminate(graceMs);
    return this.#killing;
  }

  async #terminate(graceMs: number): Promise<void> {
    const { preStop } = this.#container.lifecycle ?? {};
    if (preStop && graceMs > 0) {
      const ended = this.running.ended.then((): Outcome => ({ ok: true, detail: '' }));
      const late = sleep(graceMs, this.#hurry.signal).then(
        (): Outcome => ({ ok: false, detail: 'the grace period is over' }),
      );
      const hook = runHandler(preStop, this.#container, this.#host.handlers(this.running), graceMs);
      const { ok, detail } = await Promise.race([hook, ended, late]);
      if (!ok) this.#event('Warning', 'FailedPreStopHook', `PreStopHook failed: ${detail}`);
    }
    this.running.kill(graceMs > 0 ? 'SIGTERM' : 'SIGKILL');
    await this.running.ended;
  }
}
