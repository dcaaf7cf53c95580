import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { serverSource } from './deployment.ts';

/** A port that nothing listens on at the moment. */
async function freePort(): Promise<number> {
  const server: Server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('the frontend', () => {
  let directory: string;
  let server: ChildProcess;
  let url: string;
  let databasePort: number;
  const printed: {
    pod: string;
    process?: string;
    counts?: Record<string, { received: number; answered: number }>;
    closed?: true;
  }[] = [];
  const ask = (path: string) =>
    fetch(`${url}${path}`, { headers: { 'x-netvet-load': 'service', connection: 'close' } });

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'frontend-'));
    const file = join(directory, 'server.cjs');
    await writeFile(file, serverSource());
    const port = await freePort();
    databasePort = await freePort();
    const database = { PGHOST: '127.0.0.1', PGPORT: String(databasePort), PGUSER: 'postgres' };
    const env = {
      ...process.env,
      ...database,
      PORT: String(port),
      POD_NAME: 'web-1',
      POD_IP: '10.0.0.1',
      // a busy machine may need some of that for a request
      DRAIN_MS: '10000',
    };
    server = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: server.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const said = JSON.parse(line) as (typeof printed)[number] & { paused?: object };
      // on a busy machine it says too when it stood still
      if (said.paused === undefined) printed.push(said);
    });
    url = `http://127.0.0.1:${port}`;
    // it starts in its own time
    while ((await fetch(`${url}/healthz`).catch(() => undefined)) === undefined);
  });
  after(async () => {
    server.kill('SIGKILL');
    await rm(directory, { recursive: true });
  });

  it('says which Pod it is', async () => {
    const answer = await ask('/hello');
    assert.equal(await answer.text(), 'hello from web-1\n');
    assert.equal(answer.headers.get('x-pod-name'), 'web-1');
    assert.equal(answer.headers.get('x-pod-ip'), '10.0.0.1');
    assert.match(answer.headers.get('x-served-by') ?? '', /^web-1\/[0-9a-f]{8}$/);
  });

  it('has no page while the database cannot be reached, and says why', async () => {
    const answer = await ask('/');
    assert.equal(answer.status, 503);
    assert.match(await answer.text(), /^database: .*ECONNREFUSED/);
    assert.equal((await ask('/healthz')).status, 503);
  });

  it('gives up on a slow database while its visitor still waits', async () => {
    // lets clients in late, and never answers a query (PostgreSQL documentation, 54.7: AuthenticationOk and
    // ReadyForQuery)
    const welcome = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);
    let welcomed = Number.NaN;
    const database = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () =>
        setTimeout(() => {
          welcomed = performance.now();
          socket.write(welcome);
        }, 1_500),
      );
    }).listen(databasePort, '127.0.0.1');
    await once(database, 'listening');
    // one time-out for both, so less than a whole one after the welcome: a busy machine is late at times, and one for
    // each would be late every time
    const seen: string[] = [];
    for (let inTime = false; !inTime; ) {
      welcomed = Number.NaN;
      const answer = await fetch(url);
      const ms = performance.now() - welcomed;
      const text = await answer.text();
      assert.equal(answer.status, 503);
      seen.push(`${text} ${ms} ms after the welcome`);
      inTime = ms < 2_500 && text.startsWith('database: Query read timeout');
      assert.ok(inTime || seen.length < 20, `its visitor, who waits for 3 s, has gone:\n${seen.join('\n')}`);
    }
    database.close();
  });

  it('says with a page when it stood still', async () => {
    server.kill('SIGSTOP');
    const asked = fetch(url);
    await delay(600);
    server.kill('SIGCONT');
    const answer = await asked;
    const pauses = JSON.parse(answer.headers.get('x-stood') ?? '') as [began: number, ended: number][];
    const longest = Math.max(...pauses.map(([began, ended]) => began - ended));
    // it was about to look at its clock, within 100 ms
    assert.ok(longest > 450, answer.headers.get('x-stood') ?? '');
  });

  it('serves on for a while after it was told to stop, then closes and ends, with all requests counted', async () => {
    // its output has been read to its end by then, which at its exit it need not have been
    const exit = once(server, 'close');
    server.kill('SIGTERM');
    assert.equal((await ask('/hello')).status, 200);
    assert.deepEqual(await exit, [0, null]);
    const { process, ...last } = printed.at(-2) ?? {};
    assert.match(process ?? '', /^web-1\/[0-9a-f]{8}$/);
    assert.deepEqual(last, { pod: 'web-1', counts: { service: { received: 4, answered: 4 } } });
    assert.deepEqual(printed.at(-1), { pod: 'web-1', closed: true });
    await assert.rejects(ask('/hello'));
  });

  it('fits into a ConfigMap', () => assert.ok(serverSource().length < 2 ** 20));
});
