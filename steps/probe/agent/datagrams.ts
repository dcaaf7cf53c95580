/** UDP sockets that look no names up, and the source ports of those that dial. */
import type { Socket, SocketOptions } from 'node:dgram';
import { dgram } from './builtin.ts';
import { codeOf } from './within.ts';

/** A socket that is given addresses and never names. */
export function datagrams(type: 'udp4' | 'udp6', options: Partial<SocketOptions> = {}): Socket {
  const family = type === 'udp6' ? 6 : 4;
  return dgram().createSocket({ type, ...options, lookup: (address, _, found) => found(null, address, family) });
}

/** Where Linux takes source ports from by itself: net.ipv4.ip_local_port_range. */
const sourcePorts = { first: 32_768, count: 28_232 };
let nextSource = Math.floor(Math.random() * sourcePorts.count);

/**
 * Binds to a port that no earlier probe has had for as long as there are others. By itself the kernel draws them, so
 * that one comes again while connection tracking still knows the flow, and lets it through although a policy forbids
 * it.
 */
export function bindAnew(socket: Socket, bound: () => void, failed: (error: Error) => void, tries = 100): void {
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
