import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Attempt, Operation, Operations, Standing } from './attempt.ts';
import { localAgent } from './testing/attach-server.ts';

/** What an agent answers to one request; `meanwhile` is done to it once the request is sent. */
async function asked<K extends Operation>(
  op: K,
  args: Operations[K][0],
  meanwhile?: (agent: ChildProcess) => Promise<void>,
): Promise<Operations[K][1]> {
  const agent = localAgent('stall-test');
  try {
    const lines = createInterface(agent.stdout);
    const ask = (request: object) => agent.stdin.write(`${JSON.stringify(request)}\n`);
    ask({ id: 'up', op: 'ping' });
    await once(lines, 'line');
    ask({ id: 'asked', op, args });
    await meanwhile?.(agent);
    const [line] = (await once(lines, 'line')) as [string];
    return (JSON.parse(line) as { result: Operations[K][1] }).result;
  } finally {
    agent.kill('SIGKILL');
  }
}

/** The agent's own word on one connection to `port`, after it was kept from running for `stallMs` in its middle. */
async function probed(port: number, timeoutMs: number, stallMs: number): Promise<string | undefined> {
  const attempts: Attempt[] = [{ nonce: 'one', host: '127.0.0.1', port, protocol: 'TCP' }];
  const { reports } = await asked('probe', { attempts, timeoutMs }, async (agent) => {
    await delay(timeoutMs / 4);
    agent.kill('SIGSTOP');
    await delay(stallMs);
    agent.kill('SIGCONT');
  });
  return reports[0]?.outcome;
}

/** Answers as an agent does, so many milliseconds after the question. */
async function serve(afterMs: number): Promise<{ port: number; close: () => void }> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      setTimeout(() => socket.end(`${JSON.stringify({ server: 's', seen: '', nonce: 'one' })}\n`), afterMs).unref();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

test('time in which the agent was kept from running is not the network’s', async (t) => {
  const server = await serve(600);
  t.after(server.close);
  // the answer comes while the agent stands still, and long after its time is up
  assert.equal(await probed(server.port, 1_000, 2_000), 'connected');
});

test('a server that does not answer in time is still a timeout', async (t) => {
  const server = await serve(20_000);
  t.after(server.close);
  assert.equal(await probed(server.port, 600, 0), 'timeout');
});

test('a page that does not come in time says which part of it was late', async (t) => {
  const server = await serve(20_000);
  t.after(server.close);
  const { outcome, errno } = await asked('fetch', { url: `http://localhost:${server.port}/`, timeoutMs: 600 });
  assert.deepEqual([outcome, errno], ['timeout', 'while waiting for the answer']);
});

test('a program behind a relay that does not answer is silent for so long, and one that answers is not', async (t) => {
  for (const [afterMs, isSeen] of [
    [2_500, true],
    [1, false],
  ] as const) {
    const server = await serve(afterMs);
    t.after(server.close);
    const agent = localAgent('relay-test');
    t.after(() => agent.kill('SIGKILL'));
    const lines = createInterface(agent.stdout);
    const ask = async (id: string, op: Operation, args: object = {}) => {
      agent.stdin.write(`${JSON.stringify({ id, op, args })}\n`);
      return JSON.parse(((await once(lines, 'line')) as [string])[0]) as { result: { port: number } } & Standing;
    };
    const { port } = (await ask('listen', 'listen', { protocol: 'TCP', port: 0, relay: server.port })).result;
    const client = connect(port, '127.0.0.1', () => client.write('SELECT\n'));
    await once(client, 'data');
    const { silent = [] } = await ask('after', 'ping');
    const longest = Math.max(0, ...silent.map(([from, to]) => to - from));
    assert.equal(longest > afterMs - 100 && longest > 500, isSeen, JSON.stringify(silent));
  }
});

test('a server that is slow to answer is told from a connection that does not come about', async (t) => {
  const server = await serve(600);
  t.after(server.close);
  const question = { host: '127.0.0.1', port: server.port, bytes: Buffer.from('hello').toString('base64') };
  const patient = await asked('say', { ...question, timeoutMs: 200, answerMs: 60_000 });
  assert.deepEqual([patient.outcome, patient.opened], ['connected', true]);
  assert.match(Buffer.from(patient.answer, 'base64').toString(), /^{"server"/);
  const { outcome, opened, answer } = await asked('say', { ...question, timeoutMs: 60_000, answerMs: 200 });
  assert.deepEqual([outcome, opened, answer], ['timeout', true, '']);
});
