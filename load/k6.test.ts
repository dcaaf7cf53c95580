import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay, setImmediate as immediate } from 'node:timers/promises';
import { execa } from 'execa';
import { entryOf } from './catalogue.ts';
import { accountOf, type Counted, parseRecording, type Recording, seriesOf } from './index.ts';
import { beginning, lostIn } from './series.ts';

const here = import.meta.dirname;
const k6 = await execa('sh', [join(here, '../scripts/tool.sh'), 'k6'], { reject: false });
/** What only keeps a request from hanging: whatever answers does so before, be the machine as busy as it may. */
const TIMEOUT_MS = 60_000;
const silence = 'no answer in time';

type Fault = (request: IncomingMessage, response: ServerResponse) => void;

/** What a faulty network and faulty backends look like from the client, and the words that the account has for it. */
const faults: Record<string, Fault> = {
  'connection reset': (request) => request.socket.resetAndDestroy(),
  [silence]: () => undefined,
  'HTTP 503': (_, response) => response.writeHead(503).end(),
  'closed before an answer': (request) => request.socket.end(),
};

/** A backend with a fault, each in turn, in every 20th request through the "Service", that counts like a real one. */
class FaultyBackend {
  readonly #faults: string[];
  readonly injected: Record<string, number> = {};
  readonly counted: Record<string, Counted> = {};
  readonly backends = [{ process: 'only/1', counts: this.counted }];
  readonly server = createServer((request, response) => this.#serve(request, response));
  #requests = 0;

  constructor(...names: string[]) {
    this.#faults = names;
  }

  async listen(): Promise<number> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const kind = request.headers['x-netvet-load'] as string;
    const counted = (this.counted[kind] ??= { received: 0, answered: 0 });
    counted.received += 1;
    this.#requests += kind === 'service' ? 1 : 0;
    const turn = this.#requests / 20;
    const fault = kind === 'service' && Number.isInteger(turn) ? this.#faults[turn % this.#faults.length] : undefined;
    if (fault !== undefined) {
      this.injected[fault] = (this.injected[fault] ?? 0) + 1;
      return faults[fault]?.(request, response);
    }
    counted.answered += 1;
    response.writeHead(200, { 'x-pod-ip': '127.0.0.1', 'x-served-by': 'only/1' }).end('hello\n');
  }
}

function startK6(url: string, env: Record<string, string | number>) {
  const variables = Object.entries({ SERVICE_URL: url, RECORD: 1, TIMEOUT_MS, ...env }).flatMap(([k, v]) => [
    '-e',
    `${k}=${v}`,
  ]);
  const argv = ['run', '--quiet', '--log-format=raw', ...variables, '-'];
  return execa(k6.stdout, argv, {
    reject: false,
    all: true,
    input: entryOf('service-path').replaceAll("'./", `'${here}/scripts/`),
    env: { K6_NO_USAGE_REPORT: 'true' },
  });
}

async function runK6(url: string, env: Record<string, string | number>): Promise<{ code: number; output: string }> {
  const result = await startK6(url, env);
  return { code: result.exitCode ?? -1, output: result.all };
}

describe('k6 against a backend with injected faults', { skip: k6.failed && 'k6 cannot be had here' }, () => {
  const backend = new FaultyBackend(...Object.keys(faults).filter((fault) => fault !== silence));
  let recording: Recording;
  let code: number;
  before(async () => {
    const port = await backend.listen();
    const result = await runK6(`http://127.0.0.1:${port}/hello`, { DIRECT_PORT: port, RATE: 100, DURATION: '3s' });
    code = result.code;
    recording = parseRecording(result.output);
  });
  after(() => backend.close());

  it('accounts for every request, and the counters of both sides agree', () => {
    assert.deepEqual(accountOf(recording, code, backend.backends), []);
  });

  it('names every injected fault and counts it exactly', () => {
    const service = recording.requests.filter((request) => request.kind === 'service');
    const { lost, ...series } = seriesOf('Service path', service, beginning(service));
    assert.deepEqual(lost, backend.injected);
    assert.equal(lostIn(series), Math.floor(service.length / 20));
    assert.equal(
      series.points.reduce((sum, point) => sum + point.sent, 0),
      service.length,
    );
  });

  it('gives up on what is not answered in time, and on nothing else', async (t) => {
    const silent = new FaultyBackend(silence);
    t.after(() => silent.close());
    const url = `http://127.0.0.1:${await silent.listen()}/hello`;
    const { output } = await runK6(url, { DIRECT_PORT: 0, RATE: 40, DURATION: '2s', TIMEOUT_MS: 1_000 });
    const { requests, pauses } = parseRecording(output);
    const service = requests.filter(({ kind }) => kind === 'service');
    const { lost, latency } = seriesOf('Service path', service, beginning(service));
    const { [silence]: injected = Number.NaN } = silent.injected;
    assert.ok((lost[silence] ?? 0) >= injected, output);
    // a machine that stands still makes more of them late, and then it shows
    if (latency.max <= 300 && pauses.length === 0) assert.deepEqual(lost, { [silence]: injected });
  });

  it('ends with the exit code of a failed threshold', () => assert.equal(code, 99));

  it('finds a counter that misses one answer', () => {
    const { service, direct } = backend.counted as Record<'service' | 'direct', Counted>;
    const counts = { ...backend.counted, service: { ...service, answered: service.answered - 1 }, direct };
    const problems = accountOf(recording, code, [{ process: 'only/1', counts }]);
    assert.match(problems.join(), /^k6 got \d+ service answers from only\/1, which answered \d+$/);
  });

  it('tells a refused connection', async () => {
    const counted = { control: { received: 0, answered: 0 }, service: { received: 0, answered: 0 } };
    const closing = Promise.withResolvers<void>();
    const server = createServer((request, response) => {
      const counter = counted[request.headers['x-netvet-load'] as keyof typeof counted];
      counter.received += 1;
      counter.answered += 1;
      response.writeHead(200, { 'x-served-by': 'only/1' }).end('hello\n');
      if (counted.service.received === 5) closing.resolve();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const running = startK6(`http://127.0.0.1:${port}/hello`, { RATE: 20, DURATION: '600s' });
    await closing.promise;
    // a connection that waits to be accepted would be reset: none does once k6 stands still and all are accepted
    running.kill('SIGSTOP');
    while (!/\) T /.test(readFileSync(`/proc/${running.pid}/stat`, 'utf8'))) await immediate();
    const empty = new RegExp(`:${port.toString(16).toUpperCase().padStart(4, '0')} \\S+ 0A \\d+:0+ `);
    while (!empty.test(readFileSync('/proc/net/tcp', 'utf8'))) await immediate();
    // not http's own close, which also ends connections that have asked nothing yet
    NetServer.prototype.close.call(server);
    running.kill('SIGCONT');
    const { promise: refused, resolve } = Promise.withResolvers<void>();
    running.all.on('data', (lines: Buffer) => lines.includes('connection refused') && resolve());
    await refused;
    running.kill('SIGTERM');
    const { all, exitCode = -1 } = await running;
    const recording = parseRecording(all);
    const service = recording.requests.filter(({ kind }) => kind === 'service');
    const series = seriesOf('Service path', service, beginning(service));
    assert.deepEqual(series.lost, { 'connection refused': service.length - counted.service.answered });
    const backends = [{ process: 'only/1', counts: counted }];
    assert.deepEqual(accountOf(recording, exitCode, backends, true), []);
  });

  it('told to end, it ends at once with a whole record, and says when it stood still', async () => {
    const backends = [{ process: 'only/1', counts: {} as Record<string, Counted> }];
    const server = createServer((request, response) => {
      const counted = (backends[0]!.counts[request.headers['x-netvet-load'] as string] ??= {
        received: 0,
        answered: 0,
      });
      counted.received += 1;
      // the last ones are under way when k6 is told
      if (counted.received >= 100) return;
      counted.answered += 1;
      response.writeHead(200, { 'x-served-by': 'only/1' }).end('hello\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const running = startK6(`http://127.0.0.1:${port}/hello`, { RATE: 100, DURATION: '600s', DIRECT_PORT: 0 });
    const reached = async (count: number) => {
      while ((backends[0]?.counts['service']?.received ?? 0) < count) await once(server, 'request');
    };
    await reached(50);
    running.kill('SIGSTOP');
    await delay(1_200);
    running.kill('SIGCONT');
    await reached(100);
    running.kill('SIGTERM');
    const { all, exitCode = -1 } = await running;
    server.closeAllConnections();
    server.close();
    const told = parseRecording(all);
    assert.equal(exitCode, 105);
    assert.deepEqual(accountOf(told, exitCode, backends, true), []);
    assert.ok(told.requests.every(({ error }) => error !== 'context canceled'));
    const cut = (told.totals?.begun ?? 0) - told.requests.length;
    assert.ok(cut >= 1, `${cut} were under way`);
    const [pause] = told.pauses.toSorted((a, b) => b.ms - a.ms);
    assert.ok(pause && pause.ms > 1_000, JSON.stringify(told.pauses));
  });

  it('is broken when the script cannot run', async () => {
    const result = await runK6('', {});
    const problems = accountOf(parseRecording(result.output), result.code, []);
    assert.match(problems.join('\n'), /exit code 107: its script threw an exception/);
  });
});
