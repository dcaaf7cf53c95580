import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { BrokenError } from '../outcome.ts';
import { Channel } from './channel.ts';
import { type ExecServer, execServer, localAgent } from './testing/exec-server.ts';

const name = `channel-test-${process.pid}`;
const address = { namespace: 'ns', pod: 'p', container: 'agent', agent: name };
let server: ExecServer;
let agent: ReturnType<typeof localAgent>;

beforeEach(async () => {
  server = await execServer();
  agent = localAgent(name);
});

afterEach(() => {
  agent.kill('SIGKILL');
  server.close();
});

test('one stream carries many requests at once, and answers find their way back', async () => {
  const channel = await Channel.open(server.config, address);
  const { port } = await channel.request('listen', { protocol: 'TCP', port: 0, host: '127.0.0.1' });
  const one = (i: number) => ({ nonce: `n${i}`, host: '127.0.0.1', port, protocol: 'TCP' as const });
  const replies = await Promise.all(
    Array.from({ length: 50 }, (_, i) => channel.request('probe', { attempts: [one(i)], timeoutMs: 60_000 }, 60_000)),
  );
  assert.deepEqual(
    replies.map(({ reports }) => [reports[0]?.nonce, reports[0]?.outcome]),
    Array.from({ length: 50 }, (_, i) => [`n${i}`, 'connected']),
  );
  const { arrivals } = await channel.request('arrivals', { prefix: 'n' });
  assert.equal(arrivals.length, 50);
  assert.equal(server.commands.length, 1);
  assert.deepEqual(server.commands[0], ['node', '/netvet/agent.mjs', 'channel', name]);
  channel.close();
});

test('the clock is known as precisely as it is said to be', async () => {
  const channel = await Channel.open(server.config, address);
  const before = performance.now();
  const { at } = await channel.request('ping', {});
  const after = performance.now();
  const { precision } = channel.clock;
  const time = channel.clock.toHarness(at);
  assert.ok(precision < Number.POSITIVE_INFINITY);
  assert.ok(time >= before - precision && time <= after + precision, `${before} ${time} ${after} ± ${precision}`);
  channel.close();
});

test('what the agent refuses is its own sentence', async () => {
  const channel = await Channel.open(server.config, address);
  await channel.request('listen', { protocol: 'TCP', port: 0, host: '127.0.0.1' });
  await assert.rejects(channel.request('listen', { protocol: 'TCP', port: 0, host: '192.0.2.1' }), /EADDRNOTAVAIL/);
  channel.close();
});

for (const how of ['closed', 'killed'] as const) {
  test(`a stream that is ${how} breaks what is under way and what comes later`, async () => {
    const channel = await Channel.open(server.config, address);
    const pending = channel.request('resolve', { kind: 'lookup', name: 'nothing.invalid', timeoutMs: 5_000 }, 5_000);
    const attempt = { nonce: 'x', host: '192.0.2.1', port: 9, protocol: 'TCP' as const };
    const slow = channel.request('probe', { attempts: [attempt], timeoutMs: 5_000 }, 5_000);
    pending.catch(() => {});
    await delay(50);
    if (how === 'closed') server.cut();
    else server.kill();
    await Promise.race([slow, pending]).catch(() => {});
    await assert.rejects(
      channel.request('ping', {}).then(() => delay(200).then(() => channel.request('ping', {}))),
      (error) => error instanceof BrokenError && /is lost/.test(error.message),
    );
    assert.equal(channel.lost, true);
  });
}

test('an agent that is not there is said so', async () => {
  await assert.rejects(
    Channel.open(server.config, { ...address, agent: 'nobody' }, 300),
    (error) => error instanceof BrokenError,
  );
});
