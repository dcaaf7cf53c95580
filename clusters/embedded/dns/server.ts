/** UDP and TCP on one port. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { respond, udpLimit } from './answer.ts';
import { decode, FormatError } from './decode.ts';
import type { Cluster } from './directory.ts';
import { encode } from './encode.ts';
import { type Message, rcodes } from './message.ts';

/** Without EDNS a message has at most this many bytes (RFC 1035 2.3.4). */
const plainUdpLimit = 512;
/** Milliseconds without a question until a TCP connection is closed. */
const idleMs = 10_000;

/** What to send back for the bytes of a query; undefined: nothing. */
export function handle(cluster: Cluster, bytes: Buffer, transport: 'udp' | 'tcp'): Buffer | undefined {
  let query: Message;
  try {
    query = decode(bytes);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return malformed(bytes);
  }
  const response = respond(cluster, query);
  if (!response) return undefined;
  const accepted = Math.min(Math.max(query.edns?.udpSize ?? 0, plainUdpLimit), udpLimit);
  return encode(response, transport === 'udp' ? accepted : undefined);
}

/** FORMERR with the query's ID, if there is that much of a query. */
function malformed(bytes: Buffer): Buffer | undefined {
  if (bytes.length < 12 || bytes.readUInt8(2) >= 0x80) return undefined;
  const response = Buffer.alloc(12);
  bytes.copy(response, 0, 0, 2);
  response.writeUInt16BE(0x8000 | ((bytes.readUInt8(2) & 0x79) << 8) | rcodes.formErr, 2);
  return response;
}

/** Listens on both. Resolves with the port (of use for port 0) and the function that closes both. */
export async function serve(cluster: Cluster, port: number, address = '0.0.0.0') {
  const tcp = createServer((socket) => answerTcp(cluster, socket));
  tcp.listen(port, address);
  await once(tcp, 'listening');
  const actual = (tcp.address() as { port: number }).port;

  const udp = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
  udp.on('message', (bytes, sender) => {
    const response = handle(cluster, bytes, 'udp');
    // a client that is gone is no error of the server's
    if (response) udp.send(response, sender.port, sender.address, () => {});
  });
  udp.bind(actual, address);
  await once(udp, 'listening');
  return {
    port: actual,
    close: () => {
      tcp.close();
      udp.close();
    },
  };
}

/** Each message behind its length in two bytes; several may be under way at once (RFC 7766). */
function answerTcp(cluster: Cluster, socket: Socket): void {
  let waiting = Buffer.alloc(0);
  socket.setTimeout(idleMs, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
      const end = 2 + waiting.readUInt16BE(0);
      const response = handle(cluster, waiting.subarray(2, end), 'tcp');
      waiting = waiting.subarray(end);
      if (!response) continue;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(response.length, 0);
      socket.write(Buffer.concat([length, response]));
    }
  });
}
