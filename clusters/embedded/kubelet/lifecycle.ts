/** One run of a container, from its program's start to its end: hooks, probes, and the way it is ended. */
import type { Container, Handler, Probe } from '../kinds.ts';
import { type HandlerHost, runHandler, runProbe } from './prober.ts';
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

export type Lifecycle = ReturnType<typeof beginLifecycle>;

/**
 * `stopping`: the Pod is to end: what restarts containers ends then, what says that one is ready goes on. `changed` is
 * told when the container counts as started, and when it becomes ready or ceases to be.
 */
export function beginLifecycle(
  running: RunningContainer,
  container: Container,
  host: ContainerHost,
  stopping: AbortSignal,
  changed: (state: { started: boolean; ready: boolean }) => void,
) {
  const { startupProbe, readinessProbe, livenessProbe, lifecycle: { postStart, preStop } = {} } = container;
  const over = new AbortController();
  const hurry = new AbortController();
  let killing: Promise<void> | undefined;
  void running.ended.then(() => over.abort());

  const event = (type: 'Normal' | 'Warning', reason: string, message: string) =>
    host.event(type, reason, message, container);
  const run = (hook: Handler, timeoutMs: number) => runHandler(hook, container, host.handlers(running), timeoutMs);

  function probe(kind: string, probe: Probe, signal: AbortSignal, changed: (ok: boolean) => void, initially = false) {
    const failed = (detail: string) => event('Warning', 'Unhealthy', `${kind} probe failed: ${detail}`);
    void runProbe({ probe, container, host: host.handlers(running), signal, failed, changed, initially });
  }

  function unhealthy(kind: 'startup' | 'liveness', { terminationGracePeriodSeconds: seconds }: Probe): void {
    event('Normal', 'Killing', `Container ${container.name} failed ${kind} probe, will be restarted`);
    void kill(seconds === undefined ? host.gracePeriodMs() : seconds * 1000);
  }

  /** Without a startup probe a running container has started, without a readiness probe a started one is ready. */
  function started(): void {
    changed({ started: true, ready: !readinessProbe });
    if (readinessProbe) probe('Readiness', readinessProbe, over.signal, (ready) => changed({ started: true, ready }));
    if (!livenessProbe) return;
    const until = AbortSignal.any([over.signal, stopping]);
    probe('Liveness', livenessProbe, until, (ok) => ok || unhealthy('liveness', livenessProbe), true);
  }

  function startProbes(): void {
    if (!startupProbe) return started();
    const succeeded = new AbortController();
    probe('Startup', startupProbe, AbortSignal.any([over.signal, stopping, succeeded.signal]), (ok) => {
      if (!ok) return unhealthy('startup', startupProbe);
      succeeded.abort();
      started();
    });
  }

  async function runPostStart(hook: Handler): Promise<void> {
    const { ok, detail } = await run(hook, waits.hook);
    if (over.signal.aborted) return;
    if (ok) return startProbes();
    event('Warning', 'FailedPostStartHook', `PostStartHook failed: ${detail}`);
    await kill(host.gracePeriodMs());
  }

  async function terminate(graceMs: number): Promise<void> {
    if (preStop && graceMs > 0) {
      const ended = running.ended.then(() => ({ ok: true, detail: '' }));
      const late = sleep(graceMs, hurry.signal).then(() => ({ ok: false, detail: 'the grace period is over' }));
      const { ok, detail } = await Promise.race([run(preStop, graceMs), ended, late]);
      if (!ok) event('Warning', 'FailedPreStopHook', `PreStopHook failed: ${detail}`);
    }
    running.kill(graceMs > 0 ? 'SIGTERM' : 'SIGKILL');
    await running.ended;
  }

  /** preStop hook, SIGTERM, SIGKILL after the grace period. Resolves with the end. Again: with a shorter period. */
  function kill(graceMs: number): Promise<void> {
    const timer = setTimeout(() => {
      hurry.abort();
      running.kill('SIGKILL');
    }, graceMs);
    void running.ended.then(() => clearTimeout(timer));
    killing ??= terminate(graceMs);
    return killing;
  }

  if (postStart) void runPostStart(postStart);
  else startProbes();
  return { running, kill, isBeingKilled: () => killing !== undefined };
}
