/**
 * A program that tests start inside Pods, nodes and beyond:
 *   serve PORT        answers each line "X" of a TCP client with "X from ADDRESS", and each UDP datagram alike
 *   ask ADDRESS PORT  prints the TCP answer to one line, or the error's code, or "timeout"
 *   ask-udp ...       the same with a datagram
 *   datagram ADDRESS PORT SIZE  sends one datagram of that size and prints "N fragments, answered" or "..., timeout"
 *   talk ADDRESS PORT sends a number every 20 ms over one TCP connection and prints the answers
 */
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';

const [task, ...rest] = process.argv.slice(2);
const patience = 3000;

function serve(port: number): void {
  createServer((socket) => {
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      for (const line of text.split('\n')) if (line !== '') socket.write(`${line} from ${socket.remoteAddress}\n`);
    });
    socket.on('error', () => {});
  }).listen(port, '0.0.0.0', () => console.log('serving'));
  const udp = createSocket('udp4');
  udp.on('message', (message, { address, port: from }) =>
    udp.send(`${message.toString()} from ${address}`, from, address),
  );
  udp.bind(port);
}

function finish(text: string): void {
  console.log(text);
  process.exit(0);
}

function ask(address: string, port: number): void {
  const socket = connect(port, address, () => socket.write('hello\n'));
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => finish(text.trim()));
  socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
  setTimeout(() => finish('timeout'), patience);
}

function askUdp(address: string, port: number): void {
  const socket = createSocket('udp4');
  socket.on('message', (message) => finish(message.toString()));
  socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
  socket.connect(port, address, () => socket.send('hello'));
  setTimeout(() => finish('timeout'), patience);
}

/** How many fragments this network namespace has made so far. */
function fragments(): number {
  const [names = '', values = ''] = readFileSync('/proc/net/snmp', 'utf8').split('\n');
  return Number(values.split(' ')[names.split(' ').indexOf('FragCreates')]);
}

function datagram(address: string, port: number, size: number): void {
  const socket = createSocket('udp4');
  const before = fragments();
  socket.on('message', () => finish(`${fragments() - before} fragments, answered`));
  socket.connect(port, address, () => socket.send(Buffer.alloc(size, 'x')));
  setTimeout(() => finish(`${fragments() - before} fragments, timeout`), patience);
}

function talk(address: string, port: number): void {
  const socket = connect(port, address);
  socket.setEncoding('utf8');
  let sent = 0;
  const timer = setInterval(() => socket.write(`${++sent}\n`), 20);
  socket.on('data', (text: string) => process.stdout.write(text));
  socket.on('error', (error) => finish(`broken: ${error.message}`));
  socket.on('close', () => clearInterval(timer));
}

if (task === 'serve') serve(Number(rest[0]));
if (task === 'ask') ask(rest[0] ?? '', Number(rest[1]));
if (task === 'ask-udp') askUdp(rest[0] ?? '', Number(rest[1]));
if (task === 'datagram') datagram(rest[0] ?? '', Number(rest[1]), Number(rest[2]));
if (task === 'talk') talk(rest[0] ?? '', Number(rest[1]));
