import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { DialAnswer, DialRequest } from './dial.ts';

/** Opens connections from a node's network namespace, as its kubelet must: probes that came from elsewhere would prove nothing. */
export interface Dialer {
  /** Never rejects: what went wrong is in the answer. */
  dial(request: DialRequest): Promise<DialAnswer>;
  stop(): void;
}

/**
 * One small process per node dials for all its probes: a process per probe would cost 10 ms of processor each, and a Node.js thread
 * cannot enter another namespace. Started at once, used from the first request on; if it dies, the next request starts another.
 */
export function startDialer(node: { pid: number }): Dialer {
  const waiting = new Map<number, (answer: DialAnswer) => void>();
  let serial = 0;
  let stopped = false;
  let helper: ChildProcessByStdio<Writable, Readable, null> | undefined = start();

  function start(): ChildProcessByStdio<Writable, Readable, null> {
    const argv = ['--net', '-t', String(node.pid), '--', process.execPath, join(import.meta.dirname, 'dial.ts')];
    const child = spawn('nsenter', argv, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
    child.stdin.on('error', () => {}); // it died: "exit" answers everybody
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { id, answer } = JSON.parse(line) as { id: number; answer: DialAnswer };
      waiting.get(id)?.(answer);
      waiting.delete(id);
    });
    const gone = () => {
      helper = undefined;
      for (const answer of waiting.values()) answer({ ok: false, detail: "the node's dialing process ended" });
      waiting.clear();
    };
    child.once('error', gone);
    child.once('exit', gone);
    return child;
  }

  return {
    dial(request) {
      if (stopped) return Promise.resolve({ ok: false, detail: 'the node has been stopped' });
      helper ??= start();
      const id = serial++;
      const { stdin } = helper;
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        stdin.write(`${JSON.stringify({ id, request })}\n`);
      });
    },
    stop() {
      stopped = true;
      helper?.stdin.end();
    },
  };
}
