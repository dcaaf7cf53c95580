import { connect, type Socket } from 'node:net';
import type { Target } from './addresses.ts';
import { clock } from './tasks.ts';

/** A connection on which the endpoint has named itself. */
export interface Connection {
  socket: Socket;
  began: number;
  connected: number;
  endpoint: string;
}

/** Connects and waits for the endpoint's name. Undefined: refused, unreachable, reset, or not within `ms`. */
export function open({ address, port, from }: Target, ms: number): Promise<Connection | undefined> {
  return new Promise((resolve) => {
    const began = clock();
    let connected = 0;
    const socket = connect({ host: address, port, noDelay: true, ...(from !== undefined && { localAddress: from }) });
    const fail = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(undefined);
    };
    const timer = setTimeout(fail, ms);
    socket.once('connect', () => (connected = clock()));
    socket.once('error', fail);
    socket.once('close', fail);
    socket.once('data', (data) => {
      clearTimeout(timer);
      socket.off('error', fail).off('close', fail);
      socket.on('error', () => {});
      resolve({ socket, began, connected, endpoint: data.toString().trim() });
    });
  });
}

/** The same, and ends it at once: with a reset, so that the port is free again. */
export async function touch(target: Target, ms: number): Promise<Omit<Connection, 'socket'> | undefined> {
  const connection = await open(target, ms);
  connection?.socket.resetAndDestroy();
  return connection;
}
