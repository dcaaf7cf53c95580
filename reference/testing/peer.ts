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

/** An answer takes a millisecond, but the machine may be busy. */
const PATIENCE_MS = 5000;
/** A SYN is sent again after a second (RFC 6298). */
const lateMs = 900;

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

/** Waits for an answer or an error. */
function answerOf(socket: NodeJS.EventEmitter, event: string, timeoutMs = PATIENCE_MS): Promise<PeerAnswer> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ outcome: 'timeout' }), timeoutMs);
    const done = (answer: PeerAnswer) => {
      clearTimeout(timer);
      resolve(answer);
    };
    socket.once('error', (error: Error) => done(outcomeOf(error)));
    socket.once(event, (data: Buffer) => done(answered(data)));
  });
}

function exchange(socket: Socket, timeoutMs?: number, word = 'hello'): Promise<PeerAnswer> {
  socket.write(`${word}\n`);
  return answerOf(socket, 'data', timeoutMs);
}

function dial({ address = '', port = 0, fromAddress, fromPort }: PeerRequest): Socket {
  const from = {
    ...(fromAddress !== undefined && { localAddress: fromAddress }),
    ...(fromPort !== undefined && { localPort: fromPort }),
  };
  return connect({ host: address, port, ...from }).on('error', () => {});
}

/** How many fragments this network namespace has made so far. */
function fragments(): number {
  const [names = '', values = ''] = readFileSync('/proc/net/snmp', 'utf8').split('\n');
  return Number(values.split(' ')[names.split(' ').indexOf('FragCreates')]);
}

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

/** Connections by a few at once until the time is up. Answers with what became of how many, as JSON. */
async function many(request: PeerRequest): Promise<PeerAnswer> {
  const counts: Record<string, number> = {};
  const end = performance.now() + (request.timeoutMs ?? PATIENCE_MS);
  const worker = async () => {
    while (performance.now() < end) {
      const began = performance.now();
      const socket = dial(request);
      const outcome = await once(socket, 'connect').then(
        // "late" is one whose first SYN was lost
        () => (performance.now() - began < lateMs ? 'connected' : 'late'),
        (error: Error) => outcomeOf(error).outcome,
      );
      socket.resetAndDestroy();
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return { outcome: JSON.stringify(counts) };
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
  if (op === 'talk') return exchange(open[request.connection ?? 0] as Socket, timeoutMs);
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
