/** Probes one run of a container: the startup probe until it succeeds, then readiness and liveness. */
import type { Container, Probe } from '../kinds.ts';
import type { HandlerHost } from './prober.ts';
import { runProberWorker } from './prober-worker.ts';

interface ProbingOptions {
  container: Container;
  host: HandlerHost;
  /** The container has ended. */
  over: AbortSignal;
  /** The Pod is to end: what restarts containers ends then, what says that one is ready goes on. */
  stopping: AbortSignal;
  /** Told when the container counts as started, and when it becomes ready or ceases to be. */
  changed: (state: { started: boolean; ready: boolean }) => void;
  /** Told of each failed attempt, for the event. */
  failed: (message: string) => void;
  /** Told when the startup or liveness probe wants the container restarted. */
  unhealthy: (kind: 'startup' | 'liveness', probe: Probe) => void;
}

/** Without a startup probe a running container has started, without a readiness probe a started one is ready. */
export function startProbing({ container, host, over, stopping, changed, failed, unhealthy }: ProbingOptions): void {
  const { startupProbe, readinessProbe, livenessProbe } = container;

  function work(kind: string, probe: Probe, signal: AbortSignal, result: (ok: boolean) => void, initially = false) {
    const told = (detail: string) => failed(`${kind} probe failed: ${detail}`);
    void runProberWorker({ probe, container, host, signal, failed: told, changed: result, initially });
  }

  function started(): void {
    changed({ started: true, ready: !readinessProbe });
    if (readinessProbe) work('Readiness', readinessProbe, over, (ready) => changed({ started: true, ready }));
    if (!livenessProbe) return;
    const until = AbortSignal.any([over, stopping]);
    work('Liveness', livenessProbe, until, (ok) => ok || unhealthy('liveness', livenessProbe), true);
  }

  if (!startupProbe) return started();
  const succeeded = new AbortController();
  work('Startup', startupProbe, AbortSignal.any([over, stopping, succeeded.signal]), (ok) => {
    if (!ok) return unhealthy('startup', startupProbe);
    succeeded.abort();
    started();
  });
}
