/** Its listeners: they are opened and closed. */
import type { Socket as Datagrams } from 'node:dgram';
import { createServer, isIP, type Server, type Socket } from 'node:net';
import type { Listener, Operations } from '../attempt.ts';
import { datagrams } from './datagrams.ts';
import { ownAddresses } from './self.ts';
import { serveTcp, serveUdp } from './serve.ts';

const listeners = new Map<string, { close: () => Promise<void> }>();

/** Listens. Port 0 takes a free one. Rejects with the system's error, e.g. EADDRINUSE. */
export async function listen({ protocol, port, host, relay }: Listener): Promise<{ port: number }> {
  const opened = protocol === 'TCP' ? await listenTcp(port, host, relay) : await listenUdp(port, host);
  listeners.set(`${opened.port}/${protocol}`, opened);
  return { port: opened.port };
}

/** Closes a listener and its connections. */
export async function unlisten({ protocol, port }: Operations['unlisten'][0]): Promise<{ closed: boolean }> {
  const key = `${port}/${protocol}`;
  await listeners.get(key)?.close();
  return { closed: listeners.delete(key) };
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
    serveUdp(socket, socket.address().port);
    sockets.push(socket);
  }
  const close = async () => {
    await Promise.all(sockets.map((socket) => new Promise<void>((done) => socket.close(done))));
  };
  return { port: (sockets[0] as Datagrams).address().port, close };
}
