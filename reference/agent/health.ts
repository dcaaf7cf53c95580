import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

/** What the agent tells about itself on 127.0.0.1. */
export interface HealthSources {
  /** Why the node cannot take Pods. Empty: it can. */
  unready: () => string[];
  /** Name of a number -> its value; names are Prometheus', with labels. */
  metrics: () => Record<string, number>;
}

/**
 * Serves /healthz (the process answers), /readyz (Pods can be attached, else 503 and why), /metrics (Prometheus' text
 * format).
 */
export async function serveHealth(port: number, { unready, metrics }: HealthSources): Promise<Server> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/plain; charset=utf-8');
    if (request.url === '/healthz') response.end('ok\n');
    else if (request.url === '/readyz') {
      const reasons = unready();
      response.writeHead(reasons.length === 0 ? 200 : 503).end(`${reasons.length === 0 ? 'ok' : reasons.join('\n')}\n`);
    } else if (request.url === '/metrics') {
      const lines = Object.entries(metrics()).map(([name, value]) => `${name} ${value}`);
      response.end(`${lines.join('\n')}\n`);
    } else response.writeHead(404).end('there are /healthz, /readyz and /metrics\n');
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return server;
}
