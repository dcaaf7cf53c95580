/** What its listeners do: they answer probes, echo, take bulk, serve pages, and pass on what is not for them. */
import type { Socket as Datagrams } from 'node:dgram';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { arrived } from './arrivals.ts';
import { crc32, http } from './builtin.ts';
import { sendBulk, takeBulk } from './bulk.ts';
import { firstLine } from './lines.ts';
import { id, me } from './self.ts';
import { noteSilence } from './silence.ts';

/** An IPv4 peer of a dual-stack socket reads ::ffff:10.0.0.1. */
const plain = (address: string | undefined): string => (address ?? '').replace(/^::ffff:/, '');

let ready = true;

/** What `GET /ready` says from now on. */
export function setReady(value: boolean): { ready: boolean } {
  ready = value;
  return { ready };
}

let web: Server | undefined;

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

/** Serves one connection, by what its first line asks for. */
export function serveTcp(socket: Socket, port: number, relay: number | undefined): void {
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
      noteSilence(socket, other);
      socket.unshift(all);
      socket.pipe(other).pipe(socket);
    }
  });
}

/** Answers datagrams that carry a nonce, with as many bytes. */
export function serveUdp(socket: Datagrams, port: number): void {
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
