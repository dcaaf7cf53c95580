/** The channel: what it can be asked, and how it answers. */
import type { Hello, Operation, Operations, Standing } from '../attempt.ts';
import { arrivals, witness } from './arrivals.ts';
import { transfer } from './bulk.ts';
import { calledBack, startCallingBack } from './call-back.ts';
import { probe, say, spread } from './dial.ts';
import { heldReport, hold, release } from './hold.ts';
import { links } from './links.ts';
import { listen, unlisten } from './listen.ts';
import { resolvConf, resolveName } from './names.ts';
import { send } from './packets.ts';
import { fetchPage, visit } from './pages.ts';
import { id, me, mtu, now, ownAddresses, startedAt } from './self.ts';
import { setReady } from './serve.ts';
import { untoldSilences } from './silence.ts';
import { awakeMs, untoldStalls, waiting, wake } from './still.ts';
import { dialled, stream, streamed } from './streams.ts';
import { talk, talked } from './talk.ts';

type Handlers = { [K in Operation]: (args: Operations[K][0]) => Operations[K][1] | Promise<Operations[K][1]> };

const handlers: Handlers = {
  hello: (): Hello => ({
    id,
    pod: me,
    addresses: ownAddresses(),
    mtu: mtu(),
    search: resolvConf().search,
    startedAt,
    pid: process.pid,
  }),
  ping: ({ watchMs = 0 }) => {
    if (watchMs > 0) wake(watchMs);
    return { at: now() };
  },
  listen,
  unlisten,
  probe: async ({ attempts, timeoutMs }) => ({
    reports: await Promise.all(attempts.map((attempt) => probe(attempt, timeoutMs))),
  }),
  witness: ({ nonces, listeners: asked }) => witness(nonces, asked),
  arrivals: ({ prefix }) => ({ arrivals: [...arrivals.values()].filter(({ nonce }) => nonce.startsWith(prefix)) }),
  dialled,
  callBack: startCallingBack,
  calledBack,
  resolve: ({ kind, name, timeoutMs }) => resolveName(kind, name, timeoutMs),
  transfer: ({ host, port, bytes, timeoutMs }) => transfer(host, port, bytes, timeoutMs),
  spread,
  hold: ({ key, host, port, everyMs, timeoutMs }) => hold(key, host, port, everyMs, timeoutMs),
  held: ({ key }) => ({ ...heldReport(key), at: now() }),
  release: ({ key }) => release(key),
  send,
  links,
  crash: () => {
    setTimeout(() => process.exit(1), 20);
    return {};
  },
  ready: ({ ready }) => setReady(ready),
  fetch: ({ url, timeoutMs }) => fetchPage(url, timeoutMs),
  visit: ({ key, url, everyMs, timeoutMs }) => {
    stream(key, (nonce) => visit(nonce, url, timeoutMs), everyMs);
    return { started: true };
  },
  say,
  stream: ({ key, host, port, everyMs, timeoutMs }) => {
    stream(key, (nonce) => probe({ nonce, host, port, protocol: 'TCP' }, timeoutMs), everyMs);
    return { started: true };
  },
  talk,
  talked,
  streamed,
};

/** Nothing, where a line is no whole request: its client was cut off, and nobody waits for the answer. */
function requestIn(line: string): { id?: string; op: Operation; args: never } {
  try {
    return JSON.parse(line) ?? {};
  } catch {
    return {} as never;
  }
}

/** Answers one line. */
export async function answer(line: string): Promise<void> {
  const { id, op, args } = requestIn(line);
  if (id === undefined) return;
  // a ping that only keeps the channel alive wakes nobody
  const woke = op !== 'ping' && wake(awakeMs) ? now() : undefined;
  waiting.count += 1;
  const told = await Promise.resolve()
    .then(() => handlers[op](args))
    .then(
      (result) => ({ result }),
      (error: Error) => ({ error: error.message }),
    );
  waiting.count -= 1;
  const stood = untoldStalls();
  const silent = untoldSilences();
  const standing: Standing = {
    ...(stood.length > 0 && { stood }),
    ...(silent.length > 0 && { silent }),
    ...(woke !== undefined && { woke }),
  };
  process.stdout.write(`${JSON.stringify({ id, ...told, ...standing })}\n`);
}
