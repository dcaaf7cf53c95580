import { createServer, type Server } from 'node:http';
import type { ServiceEntry } from '../model/services/types.ts';
import { type Log, messageOf } from './log.ts';

interface Listening {
  server: Server;
  answer: { service: string; localEndpoints: number };
}

/**
 * Serves `healthCheckNodePort`: at it a load balancer asks whether this node has endpoints of a Service with external
 * traffic policy Local. The answers are kube-proxy's (pkg/proxy/healthcheck/service_health.go): 200 with some, 503 with
 * none.
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
      if (healthCheck !== undefined)
        wanted.set(healthCheck.port, { service: name, localEndpoints: healthCheck.localEndpoints });
    }
    for (const [port, { server }] of this.#listening) {
      if (wanted.has(port)) continue;
      close(server);
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

function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}
