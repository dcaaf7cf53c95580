import type { Server } from 'node:http';
import { WebSocketServer } from 'ws';
import { counted } from './counts.ts';

/** WebSocket at /echo: every message comes back with the name of Pod and process behind it, and counts as a request. */
export function echoOn(server: Server, process: string): void {
  const sockets = new WebSocketServer({ server, path: '/echo' });
  sockets.on('connection', (socket, { headers }) => {
    socket.on('error', () => undefined);
    socket.on('message', (message) => {
      const answered = counted(headers['x-netvet-load']);
      socket.send(`${(message as Buffer).toString()} ${process}`, (error) => {
        if (!error) answered();
      });
    });
  });
}
