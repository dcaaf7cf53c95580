/**
 * A program for tests: it runs in one network namespace, serves what it is told to and dials whom it is told to.
 * Requests come as lines of JSON on stdin, answers go to stdout under the same `id`. It ends with its stdin.
 */
import { createSocket } from 'node:dgram';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface PeerRequest {
  op: 'serve' | 'tcp' | 'many' | 'udp' | 'open' | 'talk';
  protocol?: 'TCP' | 'UDP';
  address?: string;
  port?: number;
  /** Local port or address to dial from. */
  fromPort?: number;
  fromAddress?: string;
  timeoutMs?: number;
  /** Of an open connection. */
  connection?: number | undefined;
}

/** `server` is who answered, `client` the address that it saw. */
export interface PeerAnswer {
  /** answered, serving, timeout, refused, unreachable, or another error's message. */
  outcome: string;
  server?: string;
  client?: string;
  connection?: number;
}

const name = process.argv[2] ?? '';
const open = new Map<number, Socket>();

/** An answer takes a millisecond, but the machine may be busy. */
const PATIENCE_MS = 5000;

function outcomeOf(error: NodeJS.ErrnoException): PeerAnswer {
  const names: Record<string, string> = {
    ECONNREFUSED: 'refused',
    EHOSTUNREACH: 'unreachable',
    ENETUNREACH: 'unreachable',
    EPERM: 'unreachable',
  };
  return { outcome: names[error.code ?? ''] ?? error.message };
}

function serve({ protocol, port = 0, address = '0.0.0.0' }: PeerRequest): Promise<PeerAnswer> {
  return new Promise((resolve, reject) => {
    if (protocol === 'UDP') {
      const socket = createSocket('udp4');
      socket.on('message', (_, from) => {
        socket.send(`${name} ${from.address}`, from.port, from.address);
      });
      socket.once('error', reject);
      socket.bind(port, address, () => resolve({ outcome: 'serving' }));
      return;
    }
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => socket.write(`${name} ${socket.remoteAddress}`));
    });
    server.once('error', reject);
    server.listen({ port, host: address, backlog: 4096 }, () => resolve({ outcome: 'serving' }));
  });
}

function answered(data: Buffer): PeerAnswer {
  const [server = '', client = ''] = data.toString().split(' ');
  return { outcome: 'answered', server, client };
}

/** Sends one line and waits for the answer. */
function exchange(socket: Socket, timeoutMs: number): Promise<PeerAnswer> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ outcome: 'timeout' }), timeoutMs);
    const done = (answer: PeerAnswer) => {
      clearTimeout(timer);
      resolve(answer);
    };
    socket.once('error', (error) => done(outcomeOf(error)));
    socket.once('data', (data) => done(answered(data)));
    socket.write('hello\n');
  });
}

function dial({ address = '', port = 0, fromAddress, fromPort }: PeerRequest): Socket {
  const socket = connect({
    host: address,
    port,
    ...(fromAddress !== undefined && { localAddress: fromAddress }),
    ...(fromPort !== undefined && { localPort: fromPort }),
  });
  socket.on('error', () => {});
  return socket;
}

function udp({
  address = '',
  port = 0,
  fromPort = 0,
  fromAddress,
  timeoutMs = PATIENCE_MS,
}: PeerRequest): Promise<PeerAnswer> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const done = (answer: PeerAnswer) => {
      clearTimeout(timer);
      socket.close();
      resolve(answer);
    };
    const timer = setTimeout(() => done({ outcome: 'timeout' }), timeoutMs);
    socket.once('error', (error) => done(outcomeOf(error)));
    socket.once('message', (data) => done(answered(data)));
    socket.bind(fromPort, fromAddress, () => socket.connect(port, address, () => socket.send('hello')));
  });
}

/**
 * Connections by a few at once until the time is up. Answers with what became of how many, as JSON: "late" is one whose
 * first SYN was lost.
 */
async function many(request: PeerRequest, ms: number): Promise<PeerAnswer> {
  const counts: Record<string, number> = {};
  const end = performance.now() + ms;
  const count = (outcome: string) => (counts[outcome] = (counts[outcome] ?? 0) + 1);
  await Promise.all(Array.from({ length: 16 }, () => connections(request, end, count)));
  return { outcome: JSON.stringify(counts) };
}

/** A SYN is sent again after a second (RFC 6298). */
const lateMs = 900;

async function connections(request: PeerRequest, end: number, count: (outcome: string) => void): Promise<void> {
  while (performance.now() < end) {
    const began = performance.now();
    const socket = dial(request);
    const outcome = await new Promise<string>((resolve) => {
      socket.once('connect', () => resolve(performance.now() - began < lateMs ? 'connected' : 'late'));
      socket.once('error', (error) => resolve(outcomeOf(error).outcome));
    });
    socket.resetAndDestroy();
    count(outcome);
  }
}

async function carryOut(request: PeerRequest): Promise<PeerAnswer> {
  const { timeoutMs = PATIENCE_MS } = request;
  switch (request.op) {
    case 'serve':
      return serve(request);
    case 'udp':
      return udp(request);
    case 'tcp': {
      const socket = dial(request);
      const answer = await exchange(socket, timeoutMs);
      socket.resetAndDestroy();
      return answer;
    }
    case 'many':
      return many(request, timeoutMs);
    case 'open': {
      const socket = dial(request);
      const answer = await exchange(socket, timeoutMs);
      const connection = open.size;
      open.set(connection, socket);
      return { ...answer, connection };
    }
    default:
      return exchange(open.get(request.connection ?? 0) as Socket, timeoutMs);
  }
}

if (import.meta.main) {
  createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, ...request } = JSON.parse(line) as PeerRequest & { id: number };
    const reply = (answer: PeerAnswer) => process.stdout.write(`${JSON.stringify({ id, ...answer })}\n`);
    carryOut(request).then(reply, (error: Error) => reply({ outcome: error.message }));
  });
  process.stdin.once('end', () => process.exit());
}
