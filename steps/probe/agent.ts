/**
 * The program in every test Pod. It serves TCP, UDP and HTTP, probes other Pods, and tells both ends' story over one channel.
 *
 * One file without dependencies: its types are stripped and it is mounted from a ConfigMap into a stock node:24 container.
 * It serves and dials as told by the environment, and answers on its standard output what it is asked on its standard input, in lines of
 * JSON: whoever attaches to the container talks to it. Nothing else is printed there.
 * Environment: NETVET_NAME (what it calls itself; default: the host name), NETVET_LISTEN (JSON Listener[]), NETVET_DIAL (JSON Dial),
 * NETVET_LINGER_MS.
 */
import type { Socket as Datagrams, SocketOptions } from 'node:dgram';
import type { Server as HttpServer } from 'node:http';
import { connect, createServer, isIP, type Server, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type {
  Arrival,
  Attempt,
  AttemptReport,
  Dial,
  DnsKind,
  DnsReport,
  HeldReport,
  Hello,
  Listener,
  Operation,
  Operations,
  Outcome,
  Protocol,
  Standing,
  TransferReport,
} from './attempt.ts';

// loaded where they are used: imported they cost some 25 ms of processor time, in every Pod
const dgram = () => process.getBuiltinModule('node:dgram');
const dns = () => process.getBuiltinModule('node:dns');
const fs = () => process.getBuiltinModule('node:fs');
const http = () => process.getBuiltinModule('node:http');
const os = () => process.getBuiltinModule('node:os');
const crc32 = (data: Buffer, start = 0): number => process.getBuiltinModule('node:zlib').crc32(data, start);

const me = process.env['NETVET_NAME'] ?? os().hostname();
/** This process and no other: Pods of different namespaces may have one name. */
const id = Math.random().toString(36).slice(2);
const startedAt = performance.now();
const now = (): number => performance.now();

// --- what arrived ---------------------------------------------------------------------------------------------------

const arrivals = new Map<string, Arrival>();
const arrivalsKept = 200_000;

/** From when on the log is whole; 0: from the beginning. */
let logSince = 0;

function arrived(nonce: string, protocol: Protocol, port: number, from: string, fromPort: number): void {
  wake(awakeMs);
  arrivals.set(nonce, { nonce, protocol, port, from, fromPort, at: now() });
  if (callingBack !== undefined && nonce.startsWith(callingBack.callers)) callBack(from, callingBack);
  if (arrivals.size <= arrivalsKept) return;
  const [oldest] = arrivals.values();
  if (oldest === undefined) return;
  arrivals.delete(oldest.nonce);
  logSince = oldest.at;
}

let callingBack: Operations['callBack'][0] | undefined;
/** Whom it has called back -> when that is over, and the keys of the streams. */
const called = new Map<string, { over: Promise<unknown>; keys: string[] }>();

/** Each attempt is waited for to its end: one that began when this process was kept from running ends later than its time. */
function callBack(host: string, { prefix, ports, everyMs, forMs, timeoutMs }: Operations['callBack'][0]): void {
  if (called.has(host)) return;
  const keys = ports.map((target, i) => {
    const key = `${prefix}${host}.${i}`;
    stream(key, (nonce) => probe({ ...target, host, nonce }, timeoutMs), everyMs, forMs);
    return key;
  });
  const end = () => Promise.all(keys.map(async (key) => streams.get(key)?.stop()));
  const over = new Promise<void>((done) => setTimeout(done, forMs)).then(end);
  called.set(host, { keys, over });
}

/** An IPv4 peer of a dual-stack socket reads ::ffff:10.0.0.1. */
const plain = (address: string | undefined): string => (address ?? '').replace(/^::ffff:/, '');

// --- serving --------------------------------------------------------------------------------------------------------

let ready = true;

let web: HttpServer | undefined;

/** Gives a connection to the web server, which begins with the first one. */
function serveWeb(socket: Socket): void {
  web ??= http().createServer((request, response) => {
    const status = request.url === '/ready' && !ready ? 503 : 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify({ server: me, seen: plain(request.socket.remoteAddress), ready })}\n`);
  });
  // a Service's backends come and go: a connection kept alive would stay with one that has left
  web.keepAliveTimeout = 1;
  web.emit('connection', socket);
}

/** Calls for each whole line. */
function linesOf(input: Readable, use: (line: string) => void): void {
  let rest = '';
  input.setEncoding('utf8');
  input.on('data', (text: string) => {
    // a long line is put together once, and not again with each part of it
    const end = text.lastIndexOf('\n');
    const lines = end < 0 ? [] : (rest + text.slice(0, end)).split('\n');
    rest = end < 0 ? rest + text : text.slice(end + 1);
    for (const line of lines) use(line);
  });
}

/**
 * Reads the first line of a connection if it begins as ours do, and pauses it. `line` is undefined for foreign talk, known
 * by its first bytes: a database's client sends no line end and waits.
 */
function firstLine(socket: Socket, beginning: string, use: (line: string | undefined, all: Buffer) => void): void {
  let buffer: Buffer = Buffer.alloc(0);
  const onData = (chunk: Buffer) => {
    buffer = buffer.length === 0 ? chunk : Buffer.concat([buffer, chunk]);
    const ours = beginning.startsWith(buffer.toString('latin1', 0, beginning.length));
    const end = buffer.indexOf(10);
    if (ours && end < 0 && buffer.length < 200) return;
    socket.off('data', onData);
    socket.pause();
    use(ours && end >= 0 ? buffer.toString('utf8', 0, end) : undefined, buffer);
  };
  socket.on('data', onData);
}

function serveTcp(socket: Socket, port: number, relay: number | undefined): void {
  const { remoteAddress, remotePort } = socket;
  socket.setNoDelay(true);
  // the peer may be gone at any time; who asks learns it from the other end
  socket.on('error', () => socket.destroy());
  firstLine(socket, 'netvet ', (line, all) => {
    const [, verb, argument] = /^netvet (\w+) (\S+)$/.exec(line ?? '') ?? [];
    const rest = () => {
      socket.unshift(all.subarray(all.indexOf(10) + 1));
      socket.resume();
    };
    const answer = { server: me, id, seen: plain(remoteAddress), nonce: argument };
    if (verb === 'probe') {
      arrived(argument as string, 'TCP', port, answer.seen, remotePort ?? 0);
      socket.end(`${JSON.stringify(answer)}\n`);
      socket.resume();
    } else if (verb === 'hold') {
      socket.write(`${JSON.stringify(answer)}\n`);
      socket.on('data', (chunk: Buffer) => socket.write(chunk));
      rest();
    } else if (verb === 'bulk') {
      void takeBulk(socket, Number(argument), rest).then((crc) => {
        socket.write(`${JSON.stringify({ ...answer, crc })}\n`);
        sendBulk(socket, Number(argument));
        socket.end();
      });
    } else if (relay === undefined) {
      socket.unshift(all);
      serveWeb(socket);
      process.nextTick(() => socket.resume());
    } else {
      const other = connect(relay, '127.0.0.1');
      other.on('error', () => socket.destroy());
      socket.on('close', () => other.destroy());
      socket.unshift(all);
      socket.pipe(other).pipe(socket);
    }
  });
}

/** A socket that is given addresses and never names. */
function datagrams(type: 'udp4' | 'udp6', options: Partial<SocketOptions> = {}): Datagrams {
  const family = type === 'udp6' ? 6 : 4;
  return dgram().createSocket({ type, ...options, lookup: (address, _, found) => found(null, address, family) });
}

function serveUdp(socket: Datagrams, port: number): void {
  socket.on('message', (message, peer) => {
    const [word, nonce] = message.subarray(0, 200).toString('latin1').split(' ');
    if (word !== 'netvet' || nonce === undefined) return;
    arrived(nonce, 'UDP', port, plain(peer.address), peer.port);
    const answer = JSON.stringify({ server: me, id, seen: plain(peer.address), nonce, crc: crc32(message) });
    socket.send(answer.padEnd(message.length), peer.port, peer.address, () => {});
  });
  // an ICMP error that some earlier answer brought back is no reason to stop serving
  socket.on('error', () => {});
}

const listeners = new Map<string, { close: () => Promise<void> }>();

/** Listens. Port 0 takes a free one. Rejects with the system's error, e.g. EADDRINUSE. */
async function listen({ protocol, port, host, relay }: Listener): Promise<{ port: number }> {
  const opened = protocol === 'TCP' ? await listenTcp(port, host, relay) : await listenUdp(port, host);
  listeners.set(`${opened.port}/${protocol}`, opened);
  return { port: opened.port };
}

async function listenTcp(port: number, host: string | undefined, relay: number | undefined) {
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    serveTcp(socket, (server.address() as { port: number }).port, relay);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ port, backlog: 511, ...(host === undefined ? {} : { host }) }, resolve);
  await promise;
  const close = async () => {
    for (const socket of open) socket.destroy();
    await new Promise<unknown>((done) => server.close(done));
  };
  return { port: (server.address() as { port: number }).port, close };
}

async function listenUdp(port: number, host: string | undefined) {
  const six = host === undefined && ownAddresses().some((address) => isIP(address) === 6);
  const families = host === undefined ? ['udp4', ...(six ? ['udp6'] : [])] : [isIP(host) === 6 ? 'udp6' : 'udp4'];
  const sockets: Datagrams[] = [];
  for (const type of families as ('udp4' | 'udp6')[]) {
    const socket = datagrams(type, { ipv6Only: type === 'udp6', recvBufferSize: 1 << 20 });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once('error', reject);
    socket.bind(
      { port: sockets[0]?.address().port ?? port, ...(host === undefined ? {} : { address: host }) },
      resolve,
    );
    await promise;
    socket.removeListener('error', reject);
    serveUdp(socket, port);
    sockets.push(socket);
  }
  const close = async () => {
    await Promise.all(sockets.map((socket) => new Promise<void>((done) => socket.close(done))));
  };
  return { port: (sockets[0] as Datagrams).address().port, close };
}

// --- probing --------------------------------------------------------------------------------------------------------

const outcomes: Record<string, Outcome> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  EOF: 'reset',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  // a socket-level dataplane (Cilium's) refuses in connect() and sendmsg() themselves
  EPERM: 'unreachable',
  EACCES: 'unreachable',
};

const outcomeOf = (errno: string): Outcome => outcomes[errno] ?? 'error';
const codeOf = (error: unknown): string => (error as { code?: string }).code ?? String(error);

type Seen = { outcome: Outcome; errno?: string; server?: string; id?: string; seen?: string };
type Timed = Seen & Pick<AttemptReport, 'micros' | 'at' | 'stoodMs'>;

/** For how long this process was kept from running while it watched itself, in ms: on a crowded machine that can be seconds. */
let stalledMs = 0;
/** The newest of these times, and those that have not been told yet. */
const stalls: [from: number, to: number][] = [];
let untold: [from: number, to: number][] = [];
const beatMs = 50;
const toleratedMs = 20;
let beatAt = 0;
let heart: NodeJS.Timeout | undefined;
let waiting = 0;
/** It watches itself while anybody waits, and this long after the last request: most agents do nothing most of the time, and are many. */
const awakeMs = 2_000;
let awakeUntil = 0;

function beat(): void {
  const late = now() - beatAt - beatMs;
  if (late > toleratedMs) {
    const stall: [number, number] = [beatAt + beatMs, now()];
    stalledMs += late;
    for (const list of [stalls, untold]) if (list.push(stall) > 200) list.shift();
  }
  beatAt = now();
  if (waiting > 0 || beatAt < awakeUntil) return;
  clearInterval(heart);
  heart = undefined;
}

/** Begins to watch itself; true: it did not. */
function wake(forMs: number): boolean {
  awakeUntil = Math.max(awakeUntil, now() + forMs);
  if (heart !== undefined) return false;
  beatAt = now();
  heart = setInterval(beat, beatMs).unref();
  return true;
}

function beginWait(): void {
  waiting += 1;
  wake(0);
}

function endWait(): void {
  waiting -= 1;
}

/** The longest time that this process has stood still since then. */
function longestStall(since: number): number {
  beat();
  return Math.max(0, ...stalls.map(([from, to]) => to - Math.max(from, since)));
}

/**
 * Runs `start` with a way to finish; ends as a timeout when nobody finished in time. `cleanUp` runs in every case. Time in which this
 * process could not run does not count: who is not there cannot say that nobody answered.
 */
function within(timeoutMs: number, start: (finish: (seen: Seen) => void) => () => void): Promise<Timed> {
  const at = now();
  const { promise, resolve } = Promise.withResolvers<Timed>();
  let cleanUp = () => {};
  let over = false;
  const finish = (seen: Seen) => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    endWait();
    const stoodMs = Math.round(longestStall(at));
    resolve({ ...seen, at, micros: Math.round((now() - at) * 1000), ...(stoodMs > 0 && { stoodMs }) });
    cleanUp();
  };
  beginWait();
  let known = stalledMs;
  const expire = () => {
    beat();
    const stalled = stalledMs - known;
    if (stalled === 0) return finish({ outcome: 'timeout' });
    known = stalledMs;
    timer = setTimeout(expire, Math.min(stalled, timeoutMs));
  };
  let timer = setTimeout(expire, timeoutMs);
  cleanUp = start(finish);
  if (over) cleanUp();
  return promise;
}

async function probe(attempt: Attempt, timeoutMs: number): Promise<AttemptReport> {
  const began = now();
  let host = attempt.host;
  if (isIP(host) === 0) {
    const found = await resolveHost(host, timeoutMs);
    if (found.records.length === 0) {
      const errno = found.errno ?? 'ENODATA';
      return { nonce: attempt.nonce, outcome: 'unresolved', errno, micros: found.micros, at: began };
    }
    host = found.records[0] as string;
  }
  const dial = attempt.protocol === 'TCP' ? dialTcp : dialUdp;
  const left = Math.max(1, timeoutMs - (now() - began));
  return { nonce: attempt.nonce, ...(await within(left, (finish) => dial({ ...attempt, host }, finish))) };
}

/**
 * A line is an answer only if it repeats the nonce: anything else that answers is not the server that was asked.
 * undefined: any nonce will do.
 */
function answerTo(nonce: string | undefined, line: string): Seen {
  try {
    const { nonce: repeated, server, id, seen } = JSON.parse(line) as Required<Seen> & { nonce: string };
    if (nonce === undefined || repeated === nonce) return { outcome: 'connected', server, id, seen };
  } catch {
    // not from an agent
  }
  return { outcome: 'error', errno: `not an agent's answer: ${line.slice(0, 60)}` };
}

function dialTcp({ host, port, nonce }: Attempt, finish: (seen: Seen) => void): () => void {
  let text = '';
  const socket = connect({ host, port, noDelay: true }, () => socket.write(`netvet probe ${nonce}\n`));
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    text += chunk;
    if (text.includes('\n')) finish(answerTo(nonce, text.slice(0, text.indexOf('\n'))));
  });
  socket.on('error', (error) => finish({ outcome: outcomeOf(codeOf(error)), errno: codeOf(error) }));
  socket.on('close', () => finish({ outcome: 'reset', errno: 'EOF' }));
  // a reset leaves nothing behind: thousands of probes in TIME_WAIT would fill every node's connection table for minutes
  return () => (socket.connecting ? socket.destroy() : socket.resetAndDestroy());
}

function dialUdp({ host, port, nonce, bytes }: Attempt, finish: (seen: Seen) => void): () => void {
  // a connected socket of its own: ICMP errors come back to it
  const socket = datagrams(isIP(host) === 6 ? 'udp6' : 'udp4');
  const payload = Buffer.from(`netvet ${nonce} `.padEnd(bytes ?? 0, 'abcdefghijklmnopqrstuvwxyz'));
  const failed = (error: Error) => finish({ outcome: outcomeOf(codeOf(error)), errno: codeOf(error) });
  socket.on('message', (message) => {
    const seen = answerTo(nonce, message.toString('latin1').trimEnd());
    const { crc } =
      seen.outcome === 'connected' ? (JSON.parse(message.toString('latin1')) as { crc: number }) : { crc: 0 };
    if (seen.outcome === 'connected' && crc !== crc32(payload))
      finish({ outcome: 'error', errno: 'payload changed on the way' });
    else finish(seen);
  });
  let closed = false;
  const bound = () => {
    if (closed) return;
    socket.on('error', failed);
    socket.connect(port, host, (error?: Error) => {
      if (error) return failed(error);
      socket.send(payload, (error) => error && failed(error));
    });
  };
  bindAnew(socket, bound, failed);
  return () => {
    if (closed) return;
    closed = true;
    // errors of a socket that is being closed concern nobody
    socket.removeAllListeners('error').on('error', () => {});
    socket.close();
  };
}

/** Where Linux takes source ports from by itself: net.ipv4.ip_local_port_range. */
const sourcePorts = { first: 32_768, count: 28_232 };
let nextSource = Math.floor(Math.random() * sourcePorts.count);

/**
 * Binds to a port that no earlier probe has had for as long as there are others. By itself the kernel draws them, so that one comes again
 * while connection tracking still knows the flow, and that flow is let through although a policy forbids it to every new one.
 */
function bindAnew(socket: Datagrams, bound: () => void, failed: (error: Error) => void, tries = 100): void {
  const done = () => {
    socket.off('error', again);
    bound();
  };
  const again = (error: Error) => {
    socket.off('listening', done);
    if (codeOf(error) === 'EADDRINUSE' && tries > 1) bindAnew(socket, bound, failed, tries - 1);
    else failed(error);
  };
  const port = sourcePorts.first + (nextSource++ % sourcePorts.count);
  socket.once('error', again).once('listening', done).bind({ port, exclusive: true });
}

// --- names ----------------------------------------------------------------------------------------------------------

interface ResolvConf {
  search: string[];
  ndots: number;
}

function resolvConf(): ResolvConf {
  const lines = fs().readFileSync('/etc/resolv.conf', 'utf8').split('\n');
  const words = (key: string) =>
    lines
      .findLast((line) => line.startsWith(`${key} `))
      ?.trim()
      .split(/\s+/)
      .slice(1) ?? [];
  const ndots =
    words('options')
      .findLast((option) => option.startsWith('ndots:'))
      ?.slice(6) ?? '1';
  return { search: words('search'), ndots: Number(ndots) };
}

/** One query through the servers of /etc/resolv.conf. getaddrinfo is not used: it blocks one of four threads for 5 s and more. */
function query(kind: 'A' | 'SRV' | 'PTR' | 'CNAME', name: string, timeoutMs: number): Promise<DnsReport> {
  const began = now();
  const resolver = new (dns().Resolver)({ timeout: Math.ceil(timeoutMs), tries: 1 });
  const micros = () => Math.round((now() - began) * 1000);
  return new Promise((done) => {
    const timer = setTimeout(() => resolver.cancel(), timeoutMs);
    const answer = (error: unknown, records: string[] | undefined) => {
      clearTimeout(timer);
      done(
        error
          ? { records: [], errno: codeOf(error), micros: micros() }
          : { records: (records ?? []).toSorted(), micros: micros() },
      );
    };
    if (kind === 'SRV')
      resolver.resolveSrv(name, (error, all) =>
        answer(
          error,
          all?.map((srv) => `${srv.port} ${srv.name}`),
        ),
      );
    else if (kind === 'PTR') resolver.reverse(name, answer);
    else if (kind === 'CNAME') resolver.resolveCname(name, answer);
    else resolver.resolve4(name, answer);
  });
}

/** An address as resolv.conf(5) finds it: the search list first for names with fewer than ndots dots. */
async function resolveHost(host: string, timeoutMs: number): Promise<DnsReport> {
  const began = now();
  const { search, ndots } = resolvConf();
  const dots = host.split('.').length - 1;
  const searched = search.map((domain) => `${host}.${domain}`);
  const names = host.endsWith('.') ? [host] : dots >= ndots ? [host, ...searched] : [...searched, host];
  let last: DnsReport = { records: [], errno: 'ENOTFOUND', micros: 0 };
  for (const name of names) {
    const left = timeoutMs - (now() - began);
    if (left <= 0) break;
    last = await query('A', name, left);
    if (last.records.length > 0 || !['ENOTFOUND', 'ENODATA'].includes(last.errno ?? '')) break;
  }
  return { ...last, micros: Math.round((now() - began) * 1000) };
}

async function resolveName(kind: DnsKind, name: string, timeoutMs: number): Promise<DnsReport> {
  if (kind !== 'lookup') return query(kind, name, timeoutMs);
  const began = now();
  const micros = () => Math.round((now() - began) * 1000);
  const late = new Promise<never>((_, reject) =>
    setTimeout(() => reject(Object.assign(new Error('late'), { code: 'ETIMEOUT' })), timeoutMs).unref(),
  );
  try {
    const all = await Promise.race([dns().promises.lookup(name, { all: true }), late]);
    return { records: [...new Set(all.map(({ address }) => address))].toSorted(), micros: micros() };
  } catch (error) {
    return { records: [], errno: codeOf(error), micros: micros() };
  }
}

// --- bulk -----------------------------------------------------------------------------------------------------------

let madeBlock: Buffer | undefined;

function* blocks(bytes: number): Generator<Buffer> {
  madeBlock ??= Buffer.from(Array.from({ length: 1 << 16 }, (_, i) => (i * 2_654_435_761) >>> 24));
  const block = madeBlock;
  for (let left = bytes; left > 0; left -= block.length) yield left < block.length ? block.subarray(0, left) : block;
}

function crcOf(bytes: number): number {
  let crc = 0;
  for (const part of blocks(bytes)) crc = crc32(part, crc);
  return crc;
}

function sendBulk(socket: Socket, bytes: number): void {
  for (const part of blocks(bytes)) socket.write(part);
}

/** Takes so many bytes and resolves with their checksum; what follows is put back. */
function takeBulk(socket: Socket, bytes: number, begin: () => void): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  let crc = 0;
  let left = bytes;
  const onData = (chunk: Buffer) => {
    const mine = chunk.subarray(0, left);
    crc = crc32(mine, crc);
    left -= mine.length;
    if (left > 0) return;
    socket.off('data', onData);
    resolve(crc);
  };
  socket.on('data', onData);
  begin();
  return promise;
}

/** Sends so many bytes, then receives as many; both ends compare checksums. */
async function transfer(host: string, port: number, bytes: number, timeoutMs: number): Promise<TransferReport> {
  let received = 0;
  let intact = false;
  const report = await within(timeoutMs, (finish) => {
    const socket = connect({ host, port }, () => {
      socket.write(`netvet bulk ${bytes}\n`);
      sendBulk(socket, bytes);
    });
    socket.on('error', (error) => finish({ outcome: outcomeOf(codeOf(error)), errno: codeOf(error) }));
    firstLine(socket, '{', (line, all) => {
      if (line === undefined) return finish({ outcome: 'error', errno: 'not an agent' });
      const answer = JSON.parse(line) as { server: string; seen: string; crc: number };
      const expected = crcOf(bytes);
      socket.on('data', (chunk: Buffer) => {
        received += chunk.length;
      });
      const begin = () => {
        socket.unshift(all.subarray(all.indexOf(10) + 1));
        socket.resume();
      };
      void takeBulk(socket, bytes, begin).then((crc) => {
        intact = crc === expected && answer.crc === expected;
        finish({ outcome: 'connected', server: answer.server, seen: answer.seen });
      });
    });
    socket.on('close', () => finish({ outcome: 'reset', errno: 'EOF' }));
    return () => socket.destroy();
  });
  return { ...report, intact, sent: bytes, received };
}

// --- connections and streams that go on -----------------------------------------------------------------------------

const held = new Map<string, { report: HeldReport; close: () => void }>();

async function hold(key: string, host: string, port: number, everyMs: number, timeoutMs: number): Promise<HeldReport> {
  const report: HeldReport = { state: 'failed', sent: 0, echoed: 0, lastEchoAt: now(), longestGap: 0 };
  let socket: Socket | undefined;
  let timer: NodeJS.Timeout | undefined;
  const opened = await within(timeoutMs, (finish) => {
    socket = connect({ host, port, noDelay: true }, () => socket?.write(`netvet hold ${key}\n`));
    socket.on('error', (error) => {
      report.errno = codeOf(error);
      finish({ outcome: outcomeOf(codeOf(error)), errno: codeOf(error) });
    });
    socket.on('close', () => {
      clearInterval(timer);
      if (report.state === 'open') report.state = 'closed';
    });
    linesOf(socket, (line) => {
      if (report.state !== 'open') return finish(answerTo(key, line));
      report.echoed += 1;
      report.longestGap = Math.max(report.longestGap, now() - report.lastEchoAt);
      report.lastEchoAt = now();
    });
    return () => {};
  });
  if (opened.outcome !== 'connected') {
    socket?.destroy();
    return { ...report, errno: report.errno ?? opened.errno ?? opened.outcome };
  }
  Object.assign(report, { state: 'open', id: opened.id, lastEchoAt: now() });
  timer = setInterval(() => {
    report.sent += 1;
    socket?.write(`${report.sent}\n`);
  }, everyMs);
  held.set(key, {
    report,
    close: () => {
      clearInterval(timer);
      socket?.destroy();
    },
  });
  return report;
}

const streams = new Map<string, { reports: AttemptReport[]; stop: () => Promise<void> }>();

function stream(
  key: string,
  attempt: (nonce: string) => Promise<AttemptReport>,
  everyMs: number,
  forMs = Number.POSITIVE_INFINITY,
): void {
  const reports: AttemptReport[] = [];
  const pending = new Set<Promise<unknown>>();
  const until = now() + forMs;
  let count = 0;
  const one = () => {
    if (now() > until) return clearInterval(timer);
    const running = attempt(`${key}.${count++}`).then((report) => reports.push(report));
    pending.add(running);
    void running.finally(() => pending.delete(running));
  };
  const timer = setInterval(one, everyMs);
  one();
  const stop = async () => {
    clearInterval(timer);
    await Promise.all(pending);
  };
  streams.set(key, { reports, stop });
}

interface Talk {
  sent: number;
  answers: { id: string; at: number }[];
  stop: () => void;
}

const talks = new Map<string, Talk>();

function talk({ key, host, port, everyMs }: Operations['talk'][0]): { started: boolean } {
  const socket = datagrams(isIP(host) === 6 ? 'udp6' : 'udp4');
  const report: Talk = { sent: 0, answers: [], stop: () => {} };
  socket.on('message', (message) => {
    const { outcome, id = '' } = answerTo(undefined, message.toString('latin1'));
    if (outcome === 'connected') report.answers.unshift({ id, at: now() });
  });
  socket.on('error', () => {});
  const timer = setInterval(() => socket.send(`netvet ${key}.${report.sent++} `, port, host, () => {}), everyMs);
  report.stop = () => {
    clearInterval(timer);
    socket.close();
    talks.delete(key);
  };
  talks.set(key, report);
  return { started: true };
}

// --- the channel ----------------------------------------------------------------------------------------------------

const ownAddresses = (): string[] =>
  Object.values(os().networkInterfaces()).flatMap((all) =>
    (all ?? []).filter((one) => !one.internal && !one.address.startsWith('fe80:')).map((one) => one.address),
  );

/** MTU of the first interface that has an address. /proc/sys/net shows the reader's own namespace, /sys the mount's. */
function mtu(): number {
  const [name] =
    Object.entries(os().networkInterfaces()).find(([, all]) =>
      all?.some((one) => !one.internal && one.family === 'IPv4'),
    ) ?? [];
  for (const path of [`/proc/sys/net/ipv6/conf/${name}/mtu`, `/sys/class/net/${name}/mtu`]) {
    try {
      return Number(fs().readFileSync(path, 'utf8'));
    } catch {
      // try the other
    }
  }
  return 0;
}

let canaries = 0;

/** Asks its own listeners too: what they answer must be in the log, or the log is no witness. */
async function witness(nonces: string[], asked: Listener[]): Promise<Operations['witness'][1]> {
  const self = asked.map(async ({ protocol, port, host, relay }) => {
    const nonce = `self.${canaries++}`;
    const seen = await probe({ nonce, host: host ?? '127.0.0.1', port, protocol }, 1_000);
    if (!arrivals.delete(nonce) && seen.outcome === 'connected') logSince = now();
    if (relay === undefined || seen.outcome !== 'connected') return seen.outcome === 'connected';
    const behind = await within(1_000, (finish) => {
      const socket = connect(relay, '127.0.0.1', () => finish({ outcome: 'connected' }));
      socket.on('error', (error) => finish({ outcome: outcomeOf(codeOf(error)) }));
      return () => socket.destroy();
    });
    return behind.outcome === 'connected';
  });
  const alive = await Promise.all(self);
  const seen = nonces.map((nonce) => arrivals.get(nonce)).filter((arrival) => arrival !== undefined);
  return { id, arrivals: seen, alive, since: logSince, at: now() };
}

async function spread({
  count,
  parallel,
  timeoutMs,
  ...attempt
}: Operations['spread'][0]): Promise<{ reports: AttemptReport[] }> {
  const reports: AttemptReport[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) reports.push(await probe({ ...attempt, nonce: `${attempt.nonce}.${next++}` }, timeoutMs));
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return { reports };
}

async function fetchPage(url: string, timeoutMs: number): Promise<Operations['fetch'][1]> {
  let status = 0;
  let body = '';
  let server: string | undefined;
  let stage = 'while resolving the name';
  const { micros, at, stoodMs, ...seen } = await within(timeoutMs, (finish) => {
    const request = http().get(url, { agent: false }, (response) => {
      status = response.statusCode ?? 0;
      server = response.headers['x-pod-name']?.toString();
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => finish({ outcome: 'connected' }));
      response.on('error', (error) => finish({ outcome: 'reset', errno: codeOf(error) }));
    });
    request.on('error', (error) => {
      const code = codeOf(error);
      finish({ outcome: /^(ENOTFOUND|EAI_AGAIN|ENODATA)$/.test(code) ? 'unresolved' : outcomeOf(code), errno: code });
    });
    request.on('socket', (socket) => {
      socket.once('lookup', (_, address) => {
        stage = `while connecting to ${address}`;
      });
      socket.once('connect', () => {
        stage = 'while waiting for the answer';
      });
    });
    return () => request.destroy();
  });
  const errno = seen.outcome === 'timeout' ? stage : seen.errno;
  return {
    outcome: seen.outcome,
    ...(errno === undefined ? {} : { errno }),
    status,
    body: body.slice(0, 100_000),
    micros,
    at,
    ...(server === undefined ? {} : { server }),
    ...(stoodMs === undefined ? {} : { stoodMs }),
  };
}

/** A page as one attempt of a stream: what is not a page with status 200 is an error that names it. */
async function visit(nonce: string, url: string, timeoutMs: number): Promise<AttemptReport> {
  const { status, body, ...seen } = await fetchPage(url, timeoutMs);
  if (seen.outcome !== 'connected' || status === 200) return { nonce, ...seen };
  return { nonce, ...seen, outcome: 'error', errno: `HTTP ${status} ${body.slice(0, 100).trim()}` };
}

/** Sends bytes and takes what comes back first, however little: enough to know who answers. */
async function say({ host, port, bytes, timeoutMs }: Operations['say'][0]): Promise<Operations['say'][1]> {
  let answer = '';
  const seen = await within(timeoutMs, (finish) => {
    const socket = connect({ host, port, noDelay: true }, () => socket.write(Buffer.from(bytes, 'base64')));
    socket.on('data', (chunk: Buffer) => {
      answer = chunk.toString('base64');
      finish({ outcome: 'connected' });
    });
    socket.on('error', (error) => finish({ outcome: outcomeOf(codeOf(error)), errno: codeOf(error) }));
    socket.on('close', () => finish({ outcome: 'reset', errno: 'EOF' }));
    return () => socket.destroy();
  });
  return { ...seen, answer };
}

const gone: HeldReport = {
  state: 'failed',
  errno: 'no such connection',
  sent: 0,
  echoed: 0,
  lastEchoAt: 0,
  longestGap: 0,
};

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
  unlisten: async ({ protocol, port }) => {
    const key = `${port}/${protocol}`;
    await listeners.get(key)?.close();
    return { closed: listeners.delete(key) };
  },
  probe: async ({ attempts, timeoutMs }) => ({
    reports: await Promise.all(attempts.map((attempt) => probe(attempt, timeoutMs))),
  }),
  witness: ({ nonces, listeners: asked }) => witness(nonces, asked),
  arrivals: ({ prefix }) => ({ arrivals: [...arrivals.values()].filter(({ nonce }) => nonce.startsWith(prefix)) }),
  dialled: async ({ atLeastMs }) => {
    const lasted = () => now() - startedAt - stalledMs;
    while (lasted() < atLeastMs) await new Promise((done) => setTimeout(done, atLeastMs - lasted()));
    const own = [...streams].filter(([key]) => dialPrefix !== '' && key.startsWith(dialPrefix)).map(([, one]) => one);
    await Promise.all(own.map((one) => one.stop()));
    return { reports: own.flatMap(({ reports }) => reports) };
  },
  callBack: (asked) => {
    called.clear();
    callingBack = asked;
    return { started: true };
  },
  calledBack: async ({ host }) => {
    const call = called.get(host);
    await call?.over;
    return { reports: call?.keys.flatMap((key) => streams.get(key)?.reports ?? []) ?? [] };
  },
  resolve: ({ kind, name, timeoutMs }) => resolveName(kind, name, timeoutMs),
  transfer: ({ host, port, bytes, timeoutMs }) => transfer(host, port, bytes, timeoutMs),
  spread,
  hold: ({ key, host, port, everyMs, timeoutMs }) => hold(key, host, port, everyMs, timeoutMs),
  held: ({ key }) => ({ ...(held.get(key)?.report ?? gone), at: now() }),
  release: ({ key }) => {
    const one = held.get(key);
    one?.close();
    held.delete(key);
    return one?.report ?? gone;
  },
  crash: () => {
    setTimeout(() => process.exit(1), 20);
    return {};
  },
  ready: (args) => {
    ready = args.ready;
    return { ready };
  },
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
  talked: ({ key, newest, stop }) => {
    const one = talks.get(key);
    if (stop) one?.stop();
    return { sent: one?.sent ?? 0, answers: one?.answers.slice(0, newest) ?? [], at: now() };
  },
  streamed: async ({ key, stop }) => {
    const one = streams.get(key);
    if (stop) await one?.stop();
    if (stop) streams.delete(key);
    return { reports: one?.reports ?? [] };
  },
};

let dialPrefix = '';

/** Dials from the first moment on: the Pod that must not get through before its policy is there. */
function dialFromTheStart({ prefix, targets, everyMs, forMs, timeoutMs }: Dial): void {
  dialPrefix = prefix;
  for (const [i, target] of targets.entries())
    stream(`${prefix}.${i}`, (nonce) => probe({ ...target, nonce }, timeoutMs), everyMs, forMs);
}

/** Nothing, where a line is no whole request: it came from a client that was cut off, and nobody waits for its answer. */
function requestIn(line: string): { id?: string; op: Operation; args: never } {
  try {
    return JSON.parse(line) ?? {};
  } catch {
    return {} as never;
  }
}

async function answer(line: string): Promise<void> {
  const { id, op, args } = requestIn(line);
  if (id === undefined) return;
  // a ping that only keeps the channel alive wakes nobody
  const woke = op !== 'ping' && wake(awakeMs) ? now() : undefined;
  waiting += 1;
  const told = await Promise.resolve()
    .then(() => handlers[op](args))
    .then(
      (result) => ({ result }),
      (error: Error) => ({ error: error.message }),
    );
  waiting -= 1;
  beat();
  const stood = untold;
  untold = [];
  const standing: Standing = { ...(stood.length > 0 && { stood }), ...(woke !== undefined && { woke }) };
  process.stdout.write(`${JSON.stringify({ id, ...told, ...standing })}\n`);
}

function serve(): void {
  const linger = Number(process.env['NETVET_LINGER_MS'] ?? 0);
  // the first process of a container gets no default action for signals
  process.on('SIGTERM', () => setTimeout(() => process.exit(0), linger));
  // without anybody who listens there is nobody to answer
  for (const stream of [process.stdin, process.stdout]) stream.on('error', () => {});
  linesOf(process.stdin, (line) => void answer(line));
  const asked = JSON.parse(process.env['NETVET_LISTEN'] ?? '[]') as Listener[];
  void Promise.all(asked.map(listen)).catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
}

const dialText = process.env['NETVET_DIAL'];
if (dialText !== undefined) dialFromTheStart(JSON.parse(dialText) as Dial);
serve();
