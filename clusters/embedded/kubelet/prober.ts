/** Does what probes and lifecycle hooks ask for. */
import type { Container, Handler } from '../kinds.ts';
import type { Shim } from '../node/index.ts';

export interface HandlerHost {
  shim: Pick<Shim, 'dial'>;
  podIP: string;
  /** Runs a command in the container; gives its exit code and the start of its output. */
  exec(argv: string[], timeoutMs: number): Promise<{ exitCode: number; output: string }>;
}

export interface Outcome {
  ok: boolean;
  detail: string;
}

function portNumber(container: Container, port: number | string): number | undefined {
  if (typeof port === 'number') return port;
  if (/^\d+$/.test(port)) return Number(port);
  return container.ports?.find(({ name }) => name === port)?.containerPort;
}

/** Never rejects. `detail` is worded as in the kubelet's events. */
export async function runHandler(
  handler: Handler,
  container: Container,
  host: HandlerHost,
  timeoutMs: number,
): Promise<Outcome> {
  const { exec, httpGet, tcpSocket, sleep } = handler;
  if (exec) {
    const { exitCode, output } = await host.exec(exec.command ?? [], timeoutMs);
    if (exitCode === 124) return { ok: false, detail: `command timed out after ${timeoutMs / 1000}s` };
    return { ok: exitCode === 0, detail: output };
  }
  if (sleep) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(sleep.seconds * 1000, timeoutMs)));
    return { ok: true, detail: '' };
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
