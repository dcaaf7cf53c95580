/**
 * A program for tests: it runs in one network namespace, serves what it is told to and dials whom it is told to.
 * `peer.ts NAME` takes requests as lines of JSON on stdin, answers on stdout under the same `id` and ends with its
 * stdin. `peer.ts NAME REQUEST` carries out one, prints the answer, and ends unless it serves.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * `open` leaves a connection open, `talk` uses it; of `ended` and `reset` the server ends the connection in that way;
 * `stream` sends a number every 20 ms and prints the answers.
 */
export interface PeerRequest {
  op: 'serve' | 'tcp' | 'many' | 'udp' | 'open' | 'talk' | 'ended' | 'reset' | 'stream';
  /** What to serve; absent: both. */
  protocol?: 'TCP' | 'UDP';
  address?: string;
  port?: number;
  /** Local port or address to dial from. */
  fromPort?: number;
  fromAddress?: string;
  /** Of a datagram. */
  size?: number;
  /** How many connections at least. */
  count?: number;
  /** Without a connection, or an answer on an open one, for so long: a timeout. */
  timeoutMs?: number;
  /** Of an open connection. */
  connection?: number | undefined;
}

/** `server` is who answered, `client` the address that it saw. */
export interface PeerAnswer {
  /** answered, serving, timeout, refused, unreachable, or another error's message. */
  outcome: string;
  /** Of the error. */
  code?: string | undefined;
  server?: string;
  client?: string;
  connection?: number;
  /** How many IP fragments were sent. */
  fragments?: number;
}

const [name = '', request] = process.argv.slice(2);
const open: Socket[] = [];

/** What only keeps a test from hanging: an answer takes a millisecond, but the machine may be busy. */
const PATIENCE_MS = 120_000;

const names: Record<string, string> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EPERM: 'unreachable',
};
const outcomeOf = ({ code, message }: NodeJS.ErrnoException): PeerAnswer => ({
  outcome: names[code ?? ''] ?? message,
  code,
});

function answered(data: Buffer): PeerAnswer {
  const [server = '', client = ''] = data.toString().split(/\s/);
  return { outcome: 'answered', server, client };
}

/** Without a reader of its own: there are thousands of connections, and each has to be taken at once. */
function linesOf(socket: Socket, each: (line: string) => void): void {
  socket.on('error', () => {});
  socket.on('data', (data) => data.toString().split('\n').filter(Boolean).forEach(each));
}

async function serve({ protocol, port = 0, address = '0.0.0.0' }: PeerRequest): Promise<PeerAnswer> {
  if (protocol !== 'UDP') {
    const server = createServer((socket) => {
      linesOf(socket, (line) => {
        if (line === 'reset') socket.resetAndDestroy();
        else socket.write(`${name} ${socket.remoteAddress} ${line}\n`);
        if (line === 'ended') socket.end();
      });
    });
    await once(server.listen({ port, host: address, backlog: 4096 }), 'listening');
  }
  if (protocol !== 'TCP') {
    const socket = createSocket('udp4');
    socket.on('message', (_, from) => socket.send(`${name} ${from.address}`, from.port, from.address));
    socket.bind(port, address);
    await once(socket, 'listening');
  }
  return { outcome: 'serving' };
}

/** Waits for an answer, a connection or an error. */
function answerOf(socket: NodeJS.EventEmitter, event: string, timeoutMs = PATIENCE_MS): Promise<PeerAnswer> {
  return new Promise((resolve) => {
    // what has come while this process stood still is looked at before it gives up
    const timer = setTimeout(() => setImmediate(() => resolve({ outcome: 'timeout' })), timeoutMs);
    const done = (answer: PeerAnswer) => {
      clearTimeout(timer);
      resolve(answer);
    };
    socket.once('error', (error: Error) => done(outcomeOf(error)));
    socket.once(event, (data?: Buffer) => done(data === undefined ? { outcome: 'connected' } : answered(data)));
  });
}

function talk(socket: Socket, timeoutMs?: number, word = 'hello'): Promise<PeerAnswer> {
  socket.write(`${word}\n`);
  return answerOf(socket, 'data', timeoutMs);
}

/** The kernel of the other side takes a connection at once; the program behind it may need its time to answer. */
async function exchange(socket: Socket, timeoutMs?: number, word?: string): Promise<PeerAnswer> {
  const answer = await answerOf(socket, 'connect', timeoutMs);
  return answer.outcome === 'connected' ? talk(socket, undefined, word) : answer;
}

function dial({ address = '', port = 0, fromAddress, fromPort }: PeerRequest): Socket {
  const from = {
    ...(fromAddress !== undefined && { localAddress: fromAddress }),
    ...(fromPort !== undefined && { localPort: fromPort }),
  };
  return connect({ host: address, port, ...from }).on('error', () => {});
}

/** What the kernel has counted in this network namespace so far. */
function counted(file: 'snmp' | 'netstat', what: string): number {
  const [names = '', values = ''] = readFileSync(`/proc/net/${file}`, 'utf8').split('\n');
  return Number(values.split(' ')[names.split(' ').indexOf(what)]);
}
const fragments = () => counted('snmp', 'FragCreates');
const lostSyns = () => counted('netstat', 'TCPSynRetrans');

async function udp({
  address,
  port = 0,
  fromPort,
  fromAddress,
  size = 1,
  timeoutMs,
}: PeerRequest): Promise<PeerAnswer> {
  const before = fragments();
  const socket = createSocket('udp4');
  socket.bind(fromPort ?? 0, fromAddress, () => {
    socket.connect(port, address, () => socket.send(Buffer.alloc(size, 'x')));
  });
  const answer = await answerOf(socket, 'message', timeoutMs);
  socket.close();
  return { ...answer, fragments: fragments() - before };
}

/**
 * Connections by a few at once until the time is up and there were enough. Answers with what became of how many, as
 * JSON; "again": SYNs that the kernel has sent again.
 */
async function many(request: PeerRequest): Promise<PeerAnswer> {
  const counts: Record<string, number> = {};
  const end = performance.now() + (request.timeoutMs ?? PATIENCE_MS);
  const [before, fewest = 0] = [lostSyns(), request.count];
  let made = 0;
  const worker = async () => {
    while (performance.now() < end || made < fewest) {
      made += 1;
      const socket = dial(request);
      const outcome = await once(socket, 'connect').then(
        () => 'connected',
        (error: Error) => outcomeOf(error).outcome,
      );
      socket.resetAndDestroy();
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  const again = lostSyns() - before;
  return { outcome: JSON.stringify({ ...counts, ...(again !== 0 && { again }) }) };
}

function stream(request: PeerRequest): Promise<never> {
  const socket = dial(request).on('error', (error) => console.log(`broken: ${error.message}`));
  let sent = 0;
  setInterval(() => socket.write(`${++sent}\n`), 20);
  linesOf(socket, (text) => {
    const [, client, line] = text.split(' ');
    console.log(`${line} from ${client}`);
  });
  return new Promise(() => {});
}

async function carryOut(request: PeerRequest): Promise<PeerAnswer> {
  const { op, timeoutMs } = request;
  if (op === 'serve') return serve(request);
  if (op === 'udp') return udp(request);
  if (op === 'many') return many(request);
  if (op === 'stream') return stream(request);
  if (op === 'talk') return talk(open[request.connection ?? 0] as Socket, timeoutMs);
  const socket = dial(request);
  const answer = await exchange(socket, timeoutMs, op);
  if (op === 'ended') await once(socket, 'close');
  if (op === 'open') return { ...answer, connection: open.push(socket) - 1 };
  socket.resetAndDestroy();
  return answer;
}

if (request !== undefined) {
  const one = JSON.parse(request) as PeerRequest;
  console.log(JSON.stringify(await carryOut(one)));
  if (one.op !== 'serve') process.exit();
} else {
  createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, ...one } = JSON.parse(line) as PeerRequest & { id: number };
    const reply = (answer: PeerAnswer) => console.log(JSON.stringify({ id, ...answer }));
    carryOut(one).then(reply, (error: Error) => reply({ outcome: error.message }));
  });
  process.stdin.once('end', () => process.exit());
}
