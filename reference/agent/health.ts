import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { ServiceEntry } from '../model/services/types.ts';
import { type Log, messageOf } from './log.ts';

/** What the agent tells about itself on 127.0.0.1. */
export interface HealthSources {
  /** Why the node cannot take Pods. Empty: it can. */
  unready: () => string[];
  /** What /readyz adds when there is nothing else to say. */
  notes: () => string[];
  /** What should have ended long ago: a new process is needed. Empty: nothing. */
  overdue: () => string[];
  /** Name of a number -> its value; names are Prometheus', with labels. */
  metrics: () => Record<string, number>;
}

/** A port that another program has is tried again after this, in milliseconds. */
const retryMs = 5_000;

/**
 * Serves /healthz (it answers), /livez (its work comes to an end, else 503 and what does not), /readyz (Pods can be
 * attached, else 503 and why) and /metrics (Prometheus' text format). Resolves also where the port cannot be had: any
 * Pod on the node's network can take it, and must not keep the agent from its work by that.
 */
export async function serveHealth(
  port: number,
  { unready, notes, overdue, metrics }: HealthSources,
  log: Log,
): Promise<Server> {
  const reasons = new Map([
    ['/healthz', () => []],
    ['/livez', overdue],
    ['/readyz', unready],
  ]);
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/plain; charset=utf-8');
    const why = reasons.get(request.url ?? '')?.();
    if (why !== undefined) {
      const isGood = why.length === 0;
      const lines = isGood ? ['ok', ...(request.url === '/readyz' ? notes() : [])] : why;
      response.writeHead(isGood ? 200 : 503).end(`${lines.join('\n')}\n`);
    } else if (request.url === '/metrics') {
      const lines = Object.entries(metrics()).map(([name, value]) => `${name} ${value}`);
      response.end(`${lines.join('\n')}\n`);
    } else response.writeHead(404).end('there are /healthz, /livez, /readyz and /metrics\n');
  });
  const listen = () => server.listen(port, '127.0.0.1');
  let isTold = false;
  server.on('error', (error) => {
    if (!isTold) log('the health port cannot be served; it is tried again', { port, error: messageOf(error) });
    isTold = true;
    setTimeout(listen, retryMs).unref();
  });
  // an error is dealt with above
  await once(listen(), 'listening').catch(() => {});
  return server;
}

interface Listening {
  server: Server;
  answer: { service: string; localEndpoints: number };
}

/**
 * Serves `healthCheckNodePort`: at it a load balancer asks whether this node has endpoints of a Service with external
 * traffic policy Local. As kube-proxy answers (pkg/proxy/healthcheck/service_health.go): 200 with some, 503 with none.
 */
export class HealthCheckPorts {
  readonly #listening = new Map<number, Listening>();
  /** Ports that something else on the node has: said once, tried again at each update. */
  readonly #taken = new Set<number>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Opens, changes and closes ports so that they are those of these Services. */
  update(services: Iterable<ServiceEntry>): void {
    const wanted = new Map<number, Listening['answer']>();
    for (const { name, healthCheck } of services) {
      if (healthCheck === undefined) continue;
      wanted.set(healthCheck.port, { service: name, localEndpoints: healthCheck.localEndpoints });
    }
    for (const [port, { server }] of this.#listening) {
      if (wanted.has(port)) continue;
      server.close();
      server.closeAllConnections();
      this.#listening.delete(port);
    }
    for (const [port, answer] of wanted) {
      const known = this.#listening.get(port);
      if (known === undefined) this.#listen(port, answer);
      else known.answer = answer;
    }
  }

  close(): void {
    this.update([]);
  }

  #listen(port: number, answer: Listening['answer']): void {
    const listening: Listening = {
      answer,
      server: createServer((_request, response) => {
        const { service, localEndpoints } = listening.answer;
        const [namespace, name] = service.split('/');
        response.writeHead(localEndpoints > 0 ? 200 : 503, {
          'content-type': 'application/json',
          'x-content-type-options': 'nosniff',
          'x-load-balancing-endpoint-weight': String(localEndpoints),
        });
        response.end(JSON.stringify({ service: { namespace, name }, localEndpoints, serviceProxyHealthy: true }));
      }),
    };
    this.#listening.set(port, listening);
    listening.server.on('error', (error) => {
      const { service } = answer;
      if (!this.#taken.has(port))
        this.#log('a healthCheckNodePort cannot be served', { port, service, error: messageOf(error) });
      this.#taken.add(port);
      if (this.#listening.get(port) === listening) this.#listening.delete(port);
    });
    listening.server.listen(port, '0.0.0.0', () => this.#taken.delete(port));
  }
}
