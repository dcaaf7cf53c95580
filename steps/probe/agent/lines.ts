/** Lines of a stream: all of them, or the first line of a connection. */
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/** Calls for each whole line. */
export function linesOf(input: Readable, use: (line: string) => void): void {
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
 * Reads the first line of a connection if it begins as ours do, and pauses it. `line` is undefined for foreign talk,
 * known by its first bytes: a database's client sends no line end and waits.
 */
export function firstLine(
  socket: Socket,
  beginning: string,
  use: (line: string | undefined, all: Buffer) => void,
): void {
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
