/** Faults of the harness itself, on real agents: each ends as broken, whatever was expected, never as a verdict. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { BrokenError } from '../outcome.ts';
import { failureOf } from '../verdicts.ts';
import { waits } from '../waits.ts';
import type { Agent } from './cell.ts';
import { Channel } from './channel.ts';
import { converge } from './converge.ts';
import { runRound } from './round.ts';
import { agentSource } from './source.ts';
import { attachServer, type LocalAgent, localAgent } from './testing/attach-server.ts';
import type { Expected } from './verdict.ts';

// an agent may need its time to start; one that does not answer is among the faults
Object.assign(waits, { channelOpen: 300_000 });
const directory = mkdtempSync(join(tmpdir(), 'netvet-sabotage-'));
const running = new Map<string, LocalAgent>();
const server = await attachServer(running);
after(() => {
  server.close();
  for (const child of running.values()) child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

let count = 0;

/** An agent whose source has each first text replaced by the second one: the fault. */
async function start(fault: Record<string, string> = {}): Promise<Agent & { process: ChildProcess; channel: Channel }> {
  let source = agentSource();
  for (const [text, instead] of Object.entries(fault)) {
    assert.ok(source.includes(text), `the agent no longer has "${text}"`);
    source = source.replace(text, instead);
  }
  const name = `sabotage-${count++}`;
  const file = join(directory, `${name}.mjs`);
  writeFileSync(file, source);
  const child = localAgent(name, file);
  running.set(name, child);
  const channel = await Channel.open(server.config, { namespace: 'n', pod: name, container: 'agent' });
  return { name, process: child, channel };
}

/** What a scenario would make of it: undefined where the expectation held. `dialled` is where packets really go. */
async function judged(
  client: Agent,
  witness: Agent,
  listener: { protocol: 'TCP'; port: number },
  expected: Expected,
  dialled = listener.port,
  budgetMs = 3_000,
): Promise<Error | undefined> {
  const to = {
    name: 'server',
    host: '127.0.0.1',
    port: dialled,
    protocol: 'TCP' as const,
    servers: [{ agent: witness, listener }],
  };
  try {
    const round = () => runRound([{ from: client, to, expected }], 300);
    const result = await converge({ since: performance.now(), budgetMs, round, stableMs: 100 });
    return result.held ? undefined : failureOf(result);
  } catch (error) {
    return error as Error;
  }
}

const both: Expected[] = ['allowed', 'denied'];
/** A port on which nobody listens: what is dialled there never arrives, as if a policy were in the way. */
const nowhere = 1;
const serving = async (agent: Agent) => {
  const { port } = await agent.channel.request('listen', { protocol: 'TCP', port: 0 });
  return { protocol: 'TCP' as const, port };
};

async function isBroken(...question: Parameters<typeof judged>): Promise<void> {
  const error = await judged(...question);
  assert.ok(
    error instanceof BrokenError,
    `expected ${question[3]}: ${error?.name ?? 'it passed'} ${error?.message ?? ''}`,
  );
}

describe('faults of the harness', { concurrency: true }, () => {
  test('without any fault: what arrives is allowed, what does not is denied, and each fails as the other', async () => {
    const [client, witness] = await Promise.all([start(), start()]);
    const listener = await serving(witness);
    // what was void because the machine stood still is asked again
    const sound = async (expected: Expected, port: number | undefined, budgetMs: number) => {
      for (;;) {
        const error = await judged(client, witness, listener, expected, port, budgetMs);
        if (!/the machine was too busy/.test(error?.message ?? '')) return error;
      }
    };
    assert.equal(await sound('allowed', undefined, 120_000), undefined);
    assert.equal(await sound('denied', nowhere, 120_000), undefined);
    assert.equal((await sound('denied', undefined, 3_000))?.name, 'AssertionError');
    assert.equal((await sound('allowed', nowhere, 3_000))?.name, 'AssertionError');
  });

  test('an agent that answers for everyone: by its own account it reached the server, which saw nothing', async () => {
    const lie = "return { nonce: attempt.nonce, outcome: 'connected', micros: 1, at: began };";
    const liar = await start({ 'const dial = attempt.protocol': `${lie} const dial = attempt.protocol` });
    const witness = await start();
    const listener = await serving(witness);
    for (const expected of both) await isBroken(liar, witness, listener, expected, nowhere);
  });

  test('a server that answers as somebody else', async () => {
    const [client, witness] = await Promise.all([start(), start()]);
    const listener = await serving(witness);
    const { id } = await witness.channel.request('witness', { nonces: [], listeners: [] });
    const impostor = await start({ 'id = Math.random().toString(36).slice(2)': `id = '${id}'` });
    const { port } = await serving(impostor);
    for (const expected of both) await isBroken(client, witness, listener, expected, port);
  });

  test('a server that loses its log', async () => {
    const client = await start();
    const witness = await start({
      'arrivals.set(nonce, {': '({',
      '({ nonce, protocol, port, from, fromPort, at: now() })': 'void 0',
    });
    const listener = await serving(witness);
    for (const expected of both) await isBroken(client, witness, listener, expected);
    await isBroken(client, witness, listener, 'denied', nowhere);
  });

  test('a server whose log is too short for what came in', async () => {
    const client = await start();
    const witness = await start({ 'arrivalsKept = 2e5': 'arrivalsKept = 0' });
    const listener = await serving(witness);
    for (const expected of both) await isBroken(client, witness, listener, expected);
  });

  test('a clock that jumps', async () => {
    const client = await start();
    const witness = await start({
      '=> performance.now();': '=> performance.now() + jump;let jump = 0;',
      'const alive = await': 'jump = 60_000; const alive = await',
    });
    const listener = await serving(witness);
    for (const expected of both) await isBroken(client, witness, listener, expected);
  });

  test('an attached stream that stalls', async (t) => {
    const [client, witness] = await Promise.all([start(), start()]);
    const listener = await serving(witness);
    witness.process.kill('SIGSTOP');
    t.after(() => witness.process.kill('SIGCONT'));
    await isBroken(client, witness, listener, 'denied', nowhere);
  });

  test('a probe out of sockets', async () => {
    const [client, witness] = await Promise.all([start(), start()]);
    const listener = await serving(witness);
    // what it has open it keeps
    execFileSync('prlimit', ['--pid', String(client.process.pid), '--nofile=3']);
    for (const expected of both) await isBroken(client, witness, listener, expected);
  });

  test('a listener that dies', async () => {
    const [client, witness] = await Promise.all([start(), start()]);
    const listener = await serving(witness);
    await witness.channel.request('unlisten', listener);
    for (const expected of both) await isBroken(client, witness, listener, expected);
  });

  test('an agent that dies', async () => {
    const [client, witness] = await Promise.all([start(), start()]);
    const listener = await serving(witness);
    witness.process.kill('SIGKILL');
    for (const expected of both) await isBroken(client, witness, listener, expected);
  });
});
