import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { BrokenError } from '../outcome.ts';
import { waits } from '../waits.ts';
import { Channel } from './channel.ts';
import { type AttachServer, attachServer, type LocalAgent, localAgent } from './testing/attach-server.ts';

// nobody's patience is what these are about
Object.assign(waits, { channelOpen: 300_000, channelReply: 300_000, channelSilence: 300_000 });
const address = { namespace: 'ns', pod: 'p', container: 'agent' };
let server: AttachServer;
let agent: LocalAgent;

beforeEach(async () => {
  agent = localAgent('p');
  server = await attachServer(new Map([['p', agent]]));
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
  assert.deepEqual(server.asked, [
    '/api/v1/namespaces/ns/pods/p/attach?container=agent&stderr=true&stdin=true&stdout=true&tty=false',
  ]);
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
    // it has come to them by then
    await channel.request('ping', {});
    if (how === 'closed') server.cut();
    else agent.kill('SIGKILL');
    await Promise.race([slow, pending]).catch(() => {});
    await assert.rejects(
      channel.request('ping', {}),
      (error) => error instanceof BrokenError && /is lost/.test(error.message),
    );
    assert.equal(channel.lost, true);
  });
}

test('an agent that is not there is said so', async () => {
  await assert.rejects(
    Channel.open(server.config, { ...address, pod: 'nobody' }, 300),
    (error) => error instanceof BrokenError,
  );
});

test('several channels to one agent hear all that it says, and each takes what it asked for', async () => {
  const [one, other] = await Promise.all([Channel.open(server.config, address), Channel.open(server.config, address)]);
  const pids = await Promise.all([one, other, one].map((channel) => channel.request('hello', {})));
  assert.deepEqual(
    pids.map(({ pid }) => pid),
    [agent.pid, agent.pid, agent.pid],
  );
  const asked = await Promise.all([
    one.request('listen', { protocol: 'TCP', port: 0, host: '127.0.0.1' }),
    other.request('held', { key: 'nothing' }),
  ]);
  assert.ok(asked[0].port > 0);
  assert.equal(asked[1].state, 'failed');
  one.close();
  assert.equal((await other.request('hello', {})).pid, agent.pid);
  other.close();
});

test('what an agent says besides, and what another channel left unfinished, is passed over', async () => {
  agent.stdin.write('{"id":"cut.1","op":"pi');
  agent.stdout.unshift('the end of a line","at":1}}\nnull\n{"id":1}\nWarning: no JSON\n');
  const channel = await Channel.open(server.config, address);
  agent.stdout.emit('data', Buffer.from('\nno JSON either\n[]\n'));
  assert.equal((await channel.request('hello', {})).pid, agent.pid);
  channel.close();
});

test('an answer that is garbled loses the channel and nothing else', async () => {
  const channel = await Channel.open(server.config, address);
  agent.stdout.once('data', (line: Buffer) => {
    const [id] = /"id":"[^"]*"/.exec(line.toString()) ?? [];
    agent.stdout.emit('data', Buffer.from(`{${id},"resu\n`));
  });
  await channel.request('ping', {});
  await assert.rejects(channel.request('ping', {}), /lost: an answer is garbled/);
});

test('an agent that starts after its channel was attached is heard', async () => {
  agent.kill('SIGSTOP');
  const opening = Channel.open(server.config, address);
  while ((agent.stdin as Socket).bytesWritten === 0) await delay(5);
  agent.kill('SIGCONT');
  (await opening).close();
});

test('an answer of ten megabytes arrives whole, and another channel is answered meanwhile', async () => {
  const [channel, other] = [await Channel.open(server.config, address), await Channel.open(server.config, address)];
  // nobody listens there, and a report repeats the nonce
  const attempt = { nonce: 'é'.repeat(2_500_000), host: '127.0.0.1', port: 1, protocol: 'TCP' as const };
  const asked = channel.request('probe', { attempts: [attempt, attempt], timeoutMs: 5_000 }, 60_000);
  assert.equal((await other.request('hello', {})).pid, agent.pid);
  const { reports } = await asked;
  assert.equal(reports.length, 2);
  assert.ok(reports.every(({ nonce, outcome }) => nonce === attempt.nonce && outcome === 'refused'));
  channel.close();
  other.close();
});
