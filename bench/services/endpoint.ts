/** An endpoint of all addresses of its namespace: names the one that was reached, then echoes. Prints "serving". */
import { createServer } from 'node:net';

createServer({ noDelay: true }, (socket) => {
  // clients end with a reset, so that no port of theirs is kept waiting
  socket.on('error', () => {});
  socket.write(`${socket.localAddress}\n`);
  socket.on('data', (data) => socket.write(data));
}).listen({ port: Number(process.argv[2]), host: '0.0.0.0', backlog: 4096 }, () => console.log('serving'));
