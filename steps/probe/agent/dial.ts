/** Attempts: one nonce over TCP or UDP to another agent, many one after the other, or bytes to any server. */
import { connect, isIP } from 'node:net';
import type { Attempt, AttemptReport, Operations } from '../attempt.ts';
import { crc32 } from './builtin.ts';
import { bindAnew, datagrams } from './datagrams.ts';
import { resolveHost } from './names.ts';
import { now } from './self.ts';
import { codeOf, outcomeOf, type Seen, within } from './within.ts';

/** One attempt; a name is resolved first, within the same time-out. */
export async function probe(attempt: Attempt, timeoutMs: number): Promise<AttemptReport> {
  const began = now();
  let host = attempt.host;
  if (isIP(host) === 0) {
    const found = await resolveHost(host, timeoutMs);
    if (found.records.length === 0) {
      const errno = found.errno ?? 'ENODATA';
      return { nonce: attempt.nonce, outcome: 'unresolved', errno, micros: found.micros, at: began };
    }
    host = found.records[0] as string;
  }
  const dial = attempt.protocol === 'TCP' ? dialTcp : dialUdp;
  const left = Math.max(1, timeoutMs - (now() - began));
  return { nonce: attempt.nonce, ...(await within(left, (finish) => dial({ ...attempt, host }, finish))) };
}

/** A line is an answer only if it repeats the nonce: else it is not the server's. undefined: any nonce will do. */
export function answerTo(nonce: string | undefined, line: string): Seen {
  try {
    const { nonce: repeated, server, id, seen } = JSON.parse(line) as Required<Seen> & { nonce: string };
    if (nonce === undefined || repeated === nonce) return { outcome: 'connected', server, id, seen };
  } catch {
    // not from an agent
  }
  return { outcome: 'error', errno: `not an agent's answer: ${line.slice(0, 60)}` };
}

function dialTcp({ host, port, nonce }: Attempt, finish: (seen: Seen) => void): () => void {
  let text = '';
  const socket = connect({ host, port, noDelay: true }, () => socket.write(`netvet probe ${nonce}\n`));
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    text += chunk;
    if (text.includes('\n')) finish(answerTo(nonce, text.slice(0, text.indexOf('\n'))));
  });
  socket.on('error', (error) => finish({ outcome: outcomeOf(codeOf(error)), errno: codeOf(error) }));
  socket.on('close', () => finish({ outcome: 'reset', errno: 'EOF' }));
  // a reset leaves nothing behind: thousands of probes in TIME_WAIT would fill every node's connection table for
  // minutes
  return () => (socket.connecting ? socket.destroy() : socket.resetAndDestroy());
}

function dialUdp({ host, port, nonce, bytes }: Attempt, finish: (seen: Seen) => void): () => void {
  // a connected socket of its own: ICMP errors come back to it
  const socket = datagrams(isIP(host) === 6 ? 'udp6' : 'udp4');
  const payload = Buffer.from(`netvet ${nonce} `.padEnd(bytes ?? 0, 'abcdefghijklmnopqrstuvwxyz'));
  const failed = (error: Error) => finish({ outcome: outcomeOf(codeOf(error)), errno: codeOf(error) });
  socket.on('message', (message) => {
    const seen = answerTo(nonce, message.toString('latin1').trimEnd());
    const { crc } =
      seen.outcome === 'connected' ? (JSON.parse(message.toString('latin1')) as { crc: number }) : { crc: 0 };
    if (seen.outcome === 'connected' && crc !== crc32(payload))
      finish({ outcome: 'error', errno: 'payload changed on the way' });
    else finish(seen);
  });
  let closed = false;
  const bound = () => {
    if (closed) return;
    socket.on('error', failed);
    socket.connect(port, host, (error?: Error) => {
      if (error) return failed(error);
      socket.send(payload, (error) => error && failed(error));
    });
  };
  bindAnew(socket, bound, failed);
  return () => {
    if (closed) return;
    closed = true;
    // errors of a socket that is being closed concern nobody
    socket.removeAllListeners('error').on('error', () => {});
    socket.close();
  };
}

/** So many attempts, some at a time. */
export async function spread({
  count,
  parallel,
  timeoutMs,
  ...attempt
}: Operations['spread'][0]): Promise<{ reports: AttemptReport[] }> {
  const reports: AttemptReport[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) reports.push(await probe({ ...attempt, nonce: `${attempt.nonce}.${next++}` }, timeoutMs));
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return { reports };
}

/**
 * Sends bytes and takes what comes back first, however little: enough to know who answers. The connection has its
 * time-out as any attempt; the answer is the server's to give, and may take longer.
 */
export async function say(asked: Operations['say'][0]): Promise<Operations['say'][1]> {
  const { host, port, bytes, timeoutMs, answerMs } = asked;
  const socket = connect({ host, port, noDelay: true });
  const over = (finish: (seen: Seen) => void) => {
    socket.on('error', (error) => finish({ outcome: outcomeOf(codeOf(error)), errno: codeOf(error) }));
    socket.on('close', () => finish({ outcome: 'reset', errno: 'EOF' }));
  };
  const opening = await within(timeoutMs, (finish) => {
    over(finish);
    socket.on('connect', () => finish({ outcome: 'connected' }));
    return () => {};
  });
  const opened = opening.outcome === 'connected';
  let answer = '';
  const seen = opened
    ? await within(answerMs, (finish) => {
        over(finish);
        socket.on('data', (chunk: Buffer) => {
          answer ||= chunk.toString('base64');
          finish({ outcome: 'connected' });
        });
        socket.write(Buffer.from(bytes, 'base64'));
        return () => {};
      })
    : opening;
  socket.destroy();
  return { ...seen, opened, answer };
}
