/**
 * The shop's web server, as people write it: pages over HTTP, rows from PostgreSQL. Bundled with `pg` into one file
 * (deployment.ts), it runs in a stock node:24 image.
 *
 *   GET /         the shop's page: rows from the database, and the Pod that made it
 *   GET /hello    a page that needs no database
 *   GET /large    1 MB
 *   GET /echo     WebSocket: each message comes back with the Pod's name and the process's
 *   GET /healthz  readiness: from when the database has answered once
 *
 * Environment: PORT, POD_NAME, POD_IP, PGHOST (and pg's other variables; without PGHOST `/` has no rows), DRAIN_MS,
 * TLS_PORT (the same over HTTP/2 with a certificate of its own; absent: not served) and GRPC_PORT (grpc.ts; likewise).
 *
 * It counts the requests that carry `x-netvet-load`, and says in `x-stood` of a page when it stood still (counts.ts).
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { selfSigned } from './certificate.ts';
import { counted, processOf, startCounting, stood } from './counts.ts';
import { echoOn } from './echo.ts';
import { grpcServer } from './grpc.ts';

const pod = process.env['POD_NAME'] ?? hostname();
const address = process.env['POD_IP'] ?? '';
const database = process.env['PGHOST'];
const drainMs = Number(process.env['DRAIN_MS'] ?? 3_000);

interface Product {
  name: string;
  price: string;
}

const select = 'SELECT name, price FROM products ORDER BY name';
const create = `
  CREATE TABLE IF NOT EXISTS products (name text PRIMARY KEY, price numeric NOT NULL);
  INSERT INTO products VALUES ('Apples', 2.40), ('Bread', 3.10), ('Cheese', 5.75) ON CONFLICT DO NOTHING;`;

/** undefined_table, and what two frontends get that create it at the same time */
const missing = '42P01';

/**
 * The rows, on a connection of their own: a pool would hide from the page what the network does to new connections.
 * Connection and rows together have less time than a visitor has patience, so that it hears which of them was late; and
 * enough for a database that has to wait for a busy machine's processors.
 */
async function products(timeoutMs = 2_500): Promise<Product[]> {
  // without parameters, pg speaks the simple query protocol: one message, which PGlite's multiplexer cannot tear apart
  const client = new Client({ connectionTimeoutMillis: timeoutMs });
  client.on('error', () => undefined);
  const deadline = performance.now() + timeoutMs;
  const query = (text: string) => {
    // pg takes a time-out per query, of which its types do not know; 0 would be none
    const config = { text, query_timeout: Math.max(1, deadline - performance.now()) };
    return client.query<Product>(config);
  };
  try {
    await client.connect();
    const rows = () => query(select).then((result) => result.rows);
    return await rows().catch(async (error: { code?: string }) => {
      if (error.code !== missing) throw error;
      await query(create).catch(() => undefined);
      return rows();
    });
  } finally {
    // nothing waits for the connection's last words
    void client.end().catch(() => undefined);
  }
}

const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

function page(rows: Product[]): string {
  const lines = rows.map(({ name, price }) => `<tr><td>${escaped(name)}</td><td>${escaped(price)}</td></tr>`);
  const table = `<table>${lines.join('')}</table>`;
  return `<!doctype html><title>Shop</title><h1>Shop</h1>${table}<p>Served by ${escaped(pod)}</p>\n`;
}

async function shop(response: ServerResponse): Promise<void> {
  try {
    const rows = database === undefined ? [] : await products();
    response.setHeader('x-stood', stood(pod));
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page(rows));
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    response.setHeader('x-stood', stood(pod));
    response.writeHead(503, { 'content-type': 'text/plain' }).end(`database: ${message || code}\n`);
  }
}

let ready = database === undefined;

/** Ready once it has its rows: what lets a new, isolated Pod through may come later (Kubernetes, "Pod lifecycle"). */
async function getReady(): Promise<void> {
  while (!ready) {
    ready = await products(250).then(
      () => true,
      () => false,
    );
    if (!ready) await delay(50);
  }
}

const { report } = startCounting(pod);

const large = Buffer.alloc(1_000_000, 'netvet ');

type Incoming = IncomingMessage | Http2ServerRequest;
type Outgoing = ServerResponse | Http2ServerResponse;

function serve(request: Incoming, given: Outgoing): void {
  // what is used of the two is the same in both
  const response = given as ServerResponse;
  const answered = counted(request.headers['x-netvet-load']);
  response.on('finish', answered);
  response.setHeader('x-pod-name', pod);
  response.setHeader('x-served-by', processOf(pod));
  response.setHeader('x-pod-ip', address);
  if (request.url === '/') void shop(response);
  else if (request.url === '/hello') response.end(`hello from ${pod}\n`);
  else if (request.url === '/large') response.end(large);
  else if (request.url === '/healthz')
    response.writeHead(ready ? 200 : 503).end(`${ready ? 'ok' : 'no database yet'}\n`);
  else response.writeHead(404).end('no such page\n');
}

const server = createServer(serve);
echoOn(server, processOf(pod));
server.listen(Number(process.env['PORT'] ?? 8080));
const { TLS_PORT: tlsPort, GRPC_PORT: grpcPort } = process.env;
if (tlsPort !== undefined) createSecureServer(selfSigned('frontend'), serve).listen(Number(tlsPort));
if (grpcPort !== undefined) grpcServer(processOf(pod)).listen(Number(grpcPort));
void getReady();

/**
 * A Pod that terminates is taken out of its Service while it is told to stop, not before: every node learns of it in
 * its own time. So it goes on serving for a while, and only then closes (Kubernetes documentation, "Pod termination";
 * the same as a preStop hook that sleeps).
 */
process.on('SIGTERM', () => {
  setTimeout(() => {
    server.close(() => {
      report();
      process.stdout.write(`${JSON.stringify({ pod, closed: true })}\n`, () => process.exit(0));
    });
    server.closeIdleConnections();
  }, drainMs);
});
