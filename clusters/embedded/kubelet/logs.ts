/** Serves a container's log to a reader. */
import { once } from 'node:events';
import type { ContainerLog, LogLine } from './log.ts';

export interface LogRequest {
  follow?: boolean;
  tailLines?: number;
  timestamps?: boolean;
  signal: AbortSignal;
}

/** Writes what there is; with `follow`, what comes, until the log ends or the signal fires. Waits for a slow reader. */
export async function writeLog(log: ContainerLog, out: NodeJS.WritableStream, request: LogRequest): Promise<void> {
  const { follow = false, tailLines, timestamps = false, signal } = request;
  const write = async (lines: LogLine[]) => {
    if (lines.length === 0) return;
    const text = lines.map((line) => `${timestamps ? `${line.time} ` : ''}${line.text}\n`).join('');
    if (!out.write(text) && !signal.aborted) await once(out, 'drain', { signal }).catch(() => {});
  };
  let { lines, next } = log.since(0);
  await write(tailLines === undefined ? lines : tailLines === 0 ? [] : lines.slice(-tailLines));
  if (!follow) return;
  while (!signal.aborted) {
    ({ lines, next } = log.since(next));
    if (lines.length > 0) await write(lines);
    else if (log.ended) return;
    else await news(log, signal);
  }
}

function news(log: ContainerLog, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stop();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const stop = log.listen(done);
    signal.addEventListener('abort', done, { once: true });
  });
}
