/**
 * Commands that go on for ever: the kernel's notifications as `nft monitor` and `ip monitor` print them. They are the
 * one exception to the deadlines of run.ts, and are started again whenever they end.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { env } from './run.ts';

/** Waits before the next start, in milliseconds: a command that cannot run at all must not be tried in a loop. */
const times = { first: 50, longest: 10_000 };

/** Who hears what such a command prints. */
interface Listener {
  /** It was started, for the first time or again: what happened before nobody has told. */
  begun: () => void;
  line: (text: string) => void;
  /** It ended, with what it said last; it is started again. */
  ended: (lastLine: string) => void;
}

/** Starts a command and listens until the function that it returns is called. */
export type Follow = (argv: string[], listener: Listener) => () => void;

/** `prefix` goes before every argv, as in createRun. */
export function createFollow(prefix: string[] = []): Follow {
  return (argv, { begun, line, ended }) => {
    let wait = times.first;
    let timer: NodeJS.Timeout | undefined;
    let stopped = false;
    let end = () => {};
    const [program = '', ...words] = [...prefix, ...argv];

    function start(): void {
      let last = '';
      const startedAt = performance.now();
      const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'ignore'], env });
      end = () => void child.kill('SIGKILL');
      createInterface({ input: child.stdout }).on('line', (text) => {
        if (stopped) return;
        last = text;
        line(text);
      });
      child.once('spawn', () => stopped || begun());
      const over = (why: string) => {
        if (stopped) return;
        ended(why);
        if (performance.now() - startedAt >= times.longest) wait = times.first;
        timer = setTimeout(start, wait);
        wait = Math.min(2 * wait, times.longest);
      };
      child.once('error', (error) => over(error.message));
      // it may not have been started at all: then there was an error
      child.once('close', () => child.pid !== undefined && over(last));
    }

    start();
    return () => {
      stopped = true;
      clearTimeout(timer);
      end();
    };
  };
}
