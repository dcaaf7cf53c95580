/** Does what probes and lifecycle hooks ask for, and probes for as long as a container runs. */
import type { Container, Handler, Probe } from '../kinds.ts';
import type { DialAnswer, Shim } from '../node/index.ts';
import { sleep } from './wait.ts';

export interface HandlerHost {
  shim: Pick<Shim, 'dial'>;
  podIP: string;
  /** Runs a command in the container; gives its exit code and the start of its output. */
  exec(argv: string[], timeoutMs: number): Promise<{ exitCode: number; output: string }>;
}

function portNumber(container: Container, port: number | string): number | undefined {
  if (typeof port === 'number') return port;
  if (/^\d+$/.test(port)) return Number(port);
  return container.ports?.find(({ name }) => name === port)?.containerPort;
}

/** Never rejects. `detail` is worded as in the kubelet's events. */
export async function runHandler(
  handler: Handler & Pick<Probe, 'grpc'>,
  container: Container,
  host: HandlerHost,
  timeoutMs: number,
): Promise<DialAnswer> {
  const { exec, grpc, httpGet, tcpSocket } = handler;
  if (exec) {
    const { exitCode, output } = await host.exec(exec.command ?? [], timeoutMs);
    if (exitCode === 124) return { ok: false, detail: `command timed out after ${timeoutMs / 1000}s` };
    return { ok: exitCode === 0, detail: output };
  }
  if (handler.sleep) {
    await sleep(Math.min(handler.sleep.seconds * 1000, timeoutMs));
    return { ok: true, detail: '' };
  }
  if (grpc) {
    const { port, service = '' } = grpc;
    return host.shim.dial({ kind: 'grpc', host: host.podIP, port, service, timeoutMs });
  }
  const network = httpGet ?? tcpSocket;
  if (!network) return { ok: true, detail: '' };
  const port = portNumber(container, network.port);
  if (port === undefined) return { ok: false, detail: `couldn't find port: ${JSON.stringify(network.port)}` };
  const target = { host: network.host ?? host.podIP, port, timeoutMs };
  if (!httpGet) return host.shim.dial({ kind: 'tcp', ...target });
  const { path = '/', scheme = 'HTTP', httpHeaders = [] } = httpGet;
  const headers = httpHeaders.map(({ name, value }): [string, string] => [name, value]);
  return host.shim.dial({
    kind: 'http',
    scheme: scheme as 'HTTP' | 'HTTPS',
    path: path.startsWith('/') ? path : `/${path}`,
    headers,
    ...target,
  });
}

interface ProbeOptions {
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
 * Waits before the first attempts of a probe that is awaited: a kubelet's come with every change of the Pod's status.
 * Attempts before the first period is over cannot fail.
 */
const eager = [15, 10, 10, 15, 20, 30, 50, 80, 120, 200, 300, 500];

/**
 * Probes one run of a container until the signal fires.
 * https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
 */
export async function runProbe(options: ProbeOptions): Promise<void> {
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
