import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { test } from 'node:test';
import { dial } from './dial.ts';

test('a grpc probe asks for the health of its service, and says what it was told', async (t) => {
  const asked: [string, string][] = [];
  const answers: Record<string, (stream: ServerHttp2Stream) => void> = {};
  const respond =
    (status: number, code = 0) =>
    (stream: ServerHttp2Stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(code) }));
      stream.end(code === 0 ? Buffer.from([0, 0, 0, 0, 2, 0x08, status]) : undefined);
    };
  Object.assign(answers, {
    '': respond(1),
    bad: respond(2),
    ['long.'.repeat(40)]: respond(1),
    missing: (stream: ServerHttp2Stream) =>
      stream.respond({ ':status': 200, 'grpc-status': '12' }, { endStream: true }),
    unknown: respond(0, 5),
    silent: () => {},
  });
  const server = createServer().on('stream', (stream, headers) => {
    stream.on('error', () => {});
    const parts: Buffer[] = [];
    stream
      .on('data', (part: Buffer) => parts.push(part))
      .on('end', () => {
        const service = Buffer.concat(parts).subarray(8).toString();
        asked.push([String(headers[':path']), service]);
        answers[service]?.(stream);
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const probe = (service: string, timeoutMs = 300_000) =>
    dial({ kind: 'grpc', host: '127.0.0.1', port, service, timeoutMs });

  assert.deepEqual(await probe(''), { ok: true, detail: '' });
  assert.deepEqual(await probe('long.'.repeat(40)), { ok: true, detail: '' });
  assert.deepEqual(await probe('bad'), { ok: false, detail: 'service unhealthy (responded with "NOT_SERVING")' });
  const lacking = 'error: this server does not implement the grpc health protocol';
  assert.deepEqual(await probe('missing'), { ok: false, detail: lacking });
  assert.deepEqual(await probe('unknown'), { ok: false, detail: 'error: health rpc failed with status 5' });
  assert.deepEqual(await probe('silent', 300), {
    ok: false,
    detail: 'timeout: health rpc did not complete within 0.3s',
  });
  assert.ok(asked.every(([path]) => path === '/grpc.health.v1.Health/Check'));
});

test('a grpc probe of a port where nobody listens, or somebody else does, fails', async (t) => {
  const other = createTcpServer((socket) => socket.end('SSH-2.0-nothing\r\n')).listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  const request = { kind: 'grpc', host: '127.0.0.1', service: '', timeoutMs: 300_000 } as const;
  assert.match((await dial({ ...request, port })).detail, /^error: failed to connect to 127.0.0.1:\d+: /);
  const refused = await dial({ ...request, port: 1 });
  assert.deepEqual(refused, {
    ok: false,
    detail: 'error: failed to connect to 127.0.0.1:1: connect: connection refused',
  });
});
