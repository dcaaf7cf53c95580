/** Many bytes over one connection, there and back, with checksums at both ends. */
import { connect, type Socket } from 'node:net';
import type { TransferReport } from '../attempt.ts';
import { crc32 } from './builtin.ts';
import { firstLine } from './lines.ts';
import { codeOf, outcomeOf, within } from './within.ts';

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

/** Sends so many bytes. */
export function sendBulk(socket: Socket, bytes: number): void {
  for (const part of blocks(bytes)) socket.write(part);
}

/** Takes so many bytes and resolves with their checksum; what follows is put back. */
export function takeBulk(socket: Socket, bytes: number, begin: () => void): Promise<number> {
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
export async function transfer(host: string, port: number, bytes: number, timeoutMs: number): Promise<TransferReport> {
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
  return { ...report, intact, received };
}
