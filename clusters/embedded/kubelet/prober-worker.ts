/**
 * One probe of one run of a container.
 * https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
 */
import type { Container, Probe } from '../kinds.ts';
import { type HandlerHost, runHandler } from './prober.ts';
import { sleep } from './wait.ts';

interface ProberWorkerOptions {
  probe: Probe;
  container: Container;
  host: HandlerHost;
  signal: AbortSignal;
  /** Called for each failed attempt, for the event. */
  failed(detail: string): void;
  /** Called when the outcome changes: after successThreshold successes, after failureThreshold failures. */
  changed(success: boolean): void;
  /** A liveness probe begins as a success and needs no hurry. */
  initially: boolean;
}

/**
 * Waits before the first attempts of a probe that is awaited. A kubelet's first attempt comes when the container
 * starts, and again with every change of the Pod's status, so a Pod becomes ready well within a period. Attempts before
 * the first period is over cannot fail.
 */
const eager = [15, 10, 10, 15, 20, 30, 50, 80, 120, 200, 300, 500];

/** Runs until the signal fires. */
export async function runProberWorker(options: ProberWorkerOptions): Promise<void> {
  const { probe, container, host, signal, initially } = options;
  const period = (probe.periodSeconds ?? 10) * 1000;
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  await sleep((probe.initialDelaySeconds ?? 0) * 1000, signal);
  const first = Date.now();
  let tick = first;
  let state = initially;
  let row = 0;
  let last = initially;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    const trial = !state && Date.now() - first < period;
    if (trial) await sleep(probe.exec ? 5 * (eager[attempt] ?? 500) : (eager[attempt] ?? 500), signal);
    if (signal.aborted) return;
    // as with Go's ticker: of the ticks that pass during an attempt one is kept, and the next comes in its own time
    tick += period * Math.max(0, Math.floor((Date.now() - tick) / period));
    const { ok, detail } = await runHandler(probe, container, host, timeoutMs);
    if (signal.aborted) return;
    if (!ok && trial && Date.now() - first < period) continue;
    if (!ok) options.failed(detail);
    row = ok === last ? row + 1 : 1;
    last = ok;
    const threshold = ok ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
    if (ok !== state && row >= threshold) {
      state = ok;
      options.changed(ok);
    } else if (!ok && !state && row === threshold) options.changed(false);
    tick += period;
    await sleep(Math.max(0, tick - Date.now()), signal);
  }
}
