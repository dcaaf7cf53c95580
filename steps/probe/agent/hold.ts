/** Connections that are held open, with a line there and back every few milliseconds. */
import { connect, type Socket } from 'node:net';
import type { HeldReport } from '../attempt.ts';
import { answerTo } from './dial.ts';
import { linesOf } from './lines.ts';
import { now } from './self.ts';
import { codeOf, outcomeOf, within } from './within.ts';

const held = new Map<string, { report: HeldReport; close: () => void }>();

/** Opens a connection and sends a line on it every `everyMs`, until it is released. */
export async function hold(
  key: string,
  host: string,
  port: number,
  everyMs: number,
  timeoutMs: number,
): Promise<HeldReport> {
  const report: HeldReport = { state: 'failed', lastEchoAt: now(), longestGap: 0 };
  let socket: Socket | undefined;
  let timer: NodeJS.Timeout | undefined;
  const opened = await within(timeoutMs, (finish) => {
    socket = connect({ host, port, noDelay: true }, () => socket?.write(`netvet hold ${key}\n`));
    socket.on('error', (error) => {
      report.errno = codeOf(error);
      finish({ outcome: outcomeOf(codeOf(error)), errno: codeOf(error) });
    });
    socket.on('close', () => {
      clearInterval(timer);
      if (report.state === 'open') report.state = 'closed';
    });
    linesOf(socket, (line) => {
      if (report.state !== 'open') return finish(answerTo(key, line));
      report.longestGap = Math.max(report.longestGap, now() - report.lastEchoAt);
      report.lastEchoAt = now();
    });
    return () => {};
  });
  if (opened.outcome !== 'connected') {
    socket?.destroy();
    return { ...report, errno: report.errno ?? opened.errno ?? opened.outcome };
  }
  Object.assign(report, { state: 'open', id: opened.id, lastEchoAt: now() });
  let sent = 0;
  timer = setInterval(() => socket?.write(`${++sent}\n`), everyMs);
  held.set(key, {
    report,
    close: () => {
      clearInterval(timer);
      socket?.destroy();
    },
  });
  return report;
}

const gone: HeldReport = { state: 'failed', errno: 'no such connection', lastEchoAt: 0, longestGap: 0 };

/** How a held connection does. */
export const heldReport = (key: string): HeldReport => held.get(key)?.report ?? gone;

/** Closes a held connection. */
export function release(key: string): HeldReport {
  const one = held.get(key);
  one?.close();
  held.delete(key);
  return one?.report ?? gone;
}
