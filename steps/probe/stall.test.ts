import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
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

/** The agent's own word on one connection to `port`; `meanwhile`: as above. */
async function probed(port: number, timeoutMs: number, meanwhile?: (agent: ChildProcess) => Promise<void>) {
  const attempts: Attempt[] = [{ nonce: 'one', host: '127.0.0.1', port, protocol: 'TCP' }];
  const { reports } = await asked('probe', { attempts, timeoutMs }, meanwhile);
  return reports[0]?.outcome;
}

/** Answers as an agent does: when it is told to, or after so many milliseconds. `questions` tells of each question. */
async function serve(afterMs = Number.NaN) {
  const questions = new EventEmitter();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      const answer = () => socket.end(`${JSON.stringify({ server: 's', seen: '', nonce: 'one' })}\n`);
      questions.emit('asked', answer);
      if (afterMs >= 0) setTimeout(answer, afterMs).unref();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, questions, close: () => server.close() };
}

const isStopped = ({ pid }: ChildProcess) => / T /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));

test('time in which the agent was kept from running is not the network’s', async (t) => {
  const server = await serve();
  t.after(server.close);
  const timeoutMs = 3_000;
  const outcome = await probed(server.port, timeoutMs, async (agent) => {
    const [answer] = (await once(server.questions, 'asked')) as [() => void];
    agent.kill('SIGSTOP');
    while (!isStopped(agent)) await delay(1);
    // the answer comes while the agent stands still, and after its time is up
    await delay(timeoutMs + 500);
    answer();
    agent.kill('SIGCONT');
  });
  assert.equal(outcome, 'connected');
});

test('a server that does not answer in time is still a timeout', async (t) => {
  const server = await serve();
  t.after(server.close);
  assert.equal(await probed(server.port, 600), 'timeout');
});

test('a page that does not come in time says which part of it was late', async (t) => {
  const server = await serve();
  t.after(server.close);
  const { outcome, errno } = await asked('fetch', { url: `http://localhost:${server.port}/`, timeoutMs: 600 });
  assert.deepEqual([outcome, errno], ['timeout', 'while waiting for the answer']);
});

test('a program behind a relay that does not answer is silent for so long, and one that answers is not', async (t) => {
  // how long the program takes, and the client's whole round trip: what was silent lies between them
  for (const afterMs of [2_500, 0]) {
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
    const began = performance.now();
    const client = connect(port, '127.0.0.1', () => client.write('SELECT\n'));
    await once(client, 'data');
    const roundTrip = performance.now() - began;
    const { silent = [] } = await ask('after', 'ping');
    const longest = Math.max(0, ...silent.map(([from, to]) => to - from));
    assert.ok(longest > afterMs - 100 && longest <= roundTrip, `${JSON.stringify(silent)} of ${roundTrip} ms`);
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
