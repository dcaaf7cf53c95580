/** Connections that a probe opens. Runs in the node's network namespace, in the shim. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';

export type DialRequest = { host: string; port: number; timeoutMs: number } & (
  | { kind: 'tcp' }
  | { kind: 'grpc'; service: string }
  | { kind: 'http'; scheme: 'HTTP' | 'HTTPS'; path: string; headers: [string, string][] }
);

/** `detail` is worded as the kubelet's events are. */
export interface DialAnswer {
  ok: boolean;
  detail: string;
}

const good: DialAnswer = { ok: true, detail: '' };
const bad = (detail: string): DialAnswer => ({ ok: false, detail });

type Finish = (answer: DialAnswer | Promise<DialAnswer>) => void;

/** `open` opens a connection, which is over with the answer, or when the time is up: then `late` is the detail. */
function attempt(timeoutMs: number, late: string, open: (finish: Finish) => { destroy(): void }): Promise<DialAnswer> {
  return new Promise((resolve) => {
    const finish: Finish = (answer) => {
      clearTimeout(timer);
      connection.destroy();
      resolve(answer);
    };
    const connection = open(finish);
    const timer = setTimeout(() => finish(bad(late)), timeoutMs);
  });
}

function dialTcp({ host, port, timeoutMs }: DialRequest): Promise<DialAnswer> {
  const where = `dial tcp ${host}:${port}`;
  return attempt(timeoutMs, `${where}: i/o timeout`, (finish) =>
    connect({ host, port })
      .once('connect', () => finish(good))
      .once('error', (error) => finish(bad(`${where}: ${describe(error)}`))),
  );
}

/** Of grpc.health.v1.HealthCheckResponse.ServingStatus. https://github.com/grpc/grpc/blob/v1.76.0/doc/health-checking.md */
const servingStatuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/**
 * Asks grpc.health.v1.Health/Check. Both messages have one short field, so they are put together and read by hand: a
 * name under tag 1, a number under tag 1, each behind five bytes of gRPC's own (compressed or not, length).
 * https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/probe/grpc/grpc.go
 */
function dialGrpc({ host, port, timeoutMs, service }: DialRequest & { kind: 'grpc' }): Promise<DialAnswer> {
  const where = `${host}:${port}`;
  const late = `timeout: health rpc did not complete within ${timeoutMs / 1000}s`;
  return attempt(timeoutMs, late, (finish) => {
    const session = connectHttp2(`http://${where}`);
    const failed = (error: Error) => finish(bad(`error: failed to connect to ${where}: ${describe(error)}`));
    session.once('error', failed);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      'user-agent': 'kube-probe/1.34',
      te: 'trailers',
    });
    const name = Buffer.from(service);
    const message = Buffer.concat([Buffer.from([0x0a, (name.length & 0x7f) | 0x80, name.length >> 7]), name]);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    stream.end(Buffer.concat([head, message]));
    const parts: Buffer[] = [];
    let code = '';
    const note = (headers: IncomingHttpHeaders) => (code = headers['grpc-status']?.toString() ?? code);
    stream
      .on('response', note)
      .on('trailers', note)
      .on('data', (part: Buffer) => parts.push(part));
    stream.once('error', (error) => failed((error.cause ?? error) as Error));
    stream.once('end', () => {
      if (code === '12') return finish(bad('error: this server does not implement the grpc health protocol'));
      if (code !== '0') return finish(bad(`error: health rpc failed with status ${code}`));
      const status = servingStatuses[Buffer.concat(parts)[6] ?? 0] ?? 'UNKNOWN';
      finish(status === 'SERVING' ? good : bad(`service unhealthy (responded with "${status}")`));
    });
    return session;
  });
}

type HttpRequest = DialRequest & { kind: 'http' };

/** Requests of one probe, redirected ones included: net/http's limit. */
const mostRequests = 10;

/** What a response redirects to, as far as a probe follows it: to the same host. */
function redirection(request: HttpRequest, url: string, { statusCode, headers }: IncomingMessage) {
  const { location } = headers;
  if (location === undefined || ![301, 302, 303, 307, 308].includes(statusCode ?? 0)) return undefined;
  const next = URL.parse(location, url);
  if (next === null || next.hostname !== new URL(url).hostname) return undefined;
  const scheme = next.protocol === 'https:' ? 'HTTPS' : 'HTTP';
  const port = Number(next.port) || (scheme === 'HTTPS' ? 443 : 80);
  return { ...request, scheme, port, path: `${next.pathname}${next.search}` } as const;
}

/**
 * 200 to 399 succeeds, and so does a redirect to another host; one on the same host is followed. `before`: requests so
 * far. https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/probe/http/http.go (RedirectChecker)
 */
function dialHttp(request: HttpRequest, before = 0): Promise<DialAnswer> {
  const { host, port, scheme, path, timeoutMs } = request;
  const began = Date.now();
  const url = `${scheme.toLowerCase()}://${host}:${port}${path}`;
  const failed = (why: string) => bad(`Get "${url}": ${why}`);
  const late = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  return attempt(timeoutMs, failed(late).detail, (finish) => {
    const send = scheme === 'HTTPS' ? httpsRequest : httpRequest;
    const usual = { 'User-Agent': 'kube-probe/1.34', Accept: '*/*', Connection: 'close' };
    const headers = { ...usual, ...Object.fromEntries(request.headers) };
    const outgoing = send(url, { headers, agent: false, rejectUnauthorized: false });
    outgoing.once('response', (response) => {
      const status = response.statusCode ?? 0;
      response.resume();
      const next = redirection(request, url, response);
      const left = Math.max(0, timeoutMs - (Date.now() - began));
      if (next && before + 1 < mostRequests) finish(dialHttp({ ...next, timeoutMs: left }, before + 1));
      else if (next) finish(failed(`stopped after ${mostRequests} redirects`));
      else finish(status >= 200 && status < 400 ? good : bad(`HTTP probe failed with statuscode: ${status}`));
    });
    outgoing.on('error', (error) => finish(failed(describe(error))));
    return outgoing.end();
  });
}

const words: Record<string, string> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ECONNRESET: 'read: connection reset by peer',
};
const describe = (error: NodeJS.ErrnoException) => words[error.code ?? ''] ?? error.message;

/** Never rejects: what went wrong is in the answer. */
export async function dial(request: DialRequest): Promise<DialAnswer> {
  try {
    if (request.kind === 'grpc') return await dialGrpc(request);
    return await (request.kind === 'http' ? dialHttp(request) : dialTcp(request));
  } catch (error) {
    return bad(String(error)); // a bad URL or header
  }
}
