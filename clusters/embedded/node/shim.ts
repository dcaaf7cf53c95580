import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CommandResult } from '../../cluster.ts';
import type { CommandOptions } from '../command.ts';
import type { DialAnswer, DialRequest } from './dial.ts';
import type { Answer, Request, Task } from './shim-process.ts';

interface ProcessEvents {
  output(stream: 'stdout' | 'stderr' | 'report', text: string): void;
  ended(exit: { exitCode: number; signal: NodeJS.Signals | null; finishedAt: number }): void;
  /** After `ended`: all output has been told. May never come if others hold the pipes. */
  closed(): void;
}

/** The standard input of a program that was started with one. */
export interface Input {
  write(text: string): void;
  end(): void;
}

type StartOptions = Omit<Task & { op: 'start' }, 'op' | 'argv'>;

type Handler = (answer: Answer) => void;

export type Shim = ReturnType<typeof startShim>;

/**
 * Starts a node's shim, which acts in its namespaces without forking netvet itself. It takes requests at once; none of
 * its methods rejects. When it dies, all that it was asked fails.
 */
export function startShim(node: { name: string; enter: string[] }) {
  const waiting = new Map<number, Handler>();
  let serial = 0;
  let dead: string | undefined;
  const argv = [...node.enter, process.execPath, join(import.meta.dirname, 'shim-process.ts')];
  const child = spawn(argv[0] as string, argv.slice(1), { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  child.stdin.on('error', () => {}); // it died: "exit" answers everybody
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer;
    waiting.get(answer.id)?.(answer);
  });
  const gone = () => {
    dead ??= `the shim of ${node.name} has ended`;
    for (const [id, handler] of waiting) fail(id, handler);
    waiting.clear();
  };
  child.once('error', gone);
  child.once('exit', gone);

  /** Answers in every way at once: each handler takes its own. */
  function fail(id: number, handler: Handler): void {
    const detail = dead as string;
    handler({ id, dialled: { ok: false, detail } });
    handler({ id, ran: { exitCode: 127, stdout: '', stderr: detail } });
    handler({ id, ended: { exitCode: 137, signal: 'SIGKILL', finishedAt: Date.now() } });
    handler({ id, closed: true });
  }

  const write = (request: Request) => child.stdin.write(`${JSON.stringify(request)}\n`);

  function send(task: Task, handler: Handler): number {
    const id = serial++;
    if (dead === undefined) {
      waiting.set(id, handler);
      write({ id, ...task });
    } else fail(id, handler);
    return id;
  }

  /** Resolves with what `take` takes of the answer. */
  const ask = <T>(task: Task, take: (answer: Answer) => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      send(task, (answer) => {
        const taken = take(answer);
        if (taken === undefined) return;
        waiting.delete(answer.id);
        resolve(taken);
      });
    });

  const env = { PATH: process.env['PATH'] ?? '' };
  return {
    /** Opens a connection from the node: a probe that came from elsewhere would prove nothing. */
    dial: (request: DialRequest): Promise<DialAnswer> =>
      ask({ op: 'dial', request }, (answer) => ('dialled' in answer ? answer.dialled : undefined)),
    /** Runs a program to its end. Exit codes as command.ts has them. */
    run: (argv: string[], options: CommandOptions): Promise<CommandResult> =>
      ask({ op: 'run', argv, env, ...options }, (answer) => ('ran' in answer ? answer.ran : undefined)),
    /** Starts a program. `killGroup`: what its process group leaves behind is killed when it ends. */
    start(argv: string[], options: StartOptions, events: ProcessEvents): Input {
      const id = send({ op: 'start', argv, ...options }, (answer) => {
        if ('stream' in answer) events.output(answer.stream, answer.text);
        else if ('ended' in answer) events.ended(answer.ended);
        else if ('closed' in answer) {
          waiting.delete(answer.id);
          events.closed();
        }
      });
      return { write: (text) => write({ id, op: 'input', text }), end: () => write({ id, op: 'input' }) };
    },
    /** What it started goes on. */
    stop(): void {
      dead ??= `${node.name} has been stopped`;
      child.stdin.end();
    },
  };
}
