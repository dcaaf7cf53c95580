import { spawn } from 'node:child_process';
import type { CommandResult } from '../cluster.ts';
import { quoted } from '../machine.ts';

export interface CommandOptions {
  stdin?: string;
  /** Default: 30 s. */
  timeoutMs?: number;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/** A command that could not be run, or that was expected to succeed and did not. */
export class CommandError extends Error {
  readonly argv: string[];
  readonly result: CommandResult;
  constructor(argv: string[], result: CommandResult) {
    const output = `${result.stderr}${result.stdout}`.trim();
    super(`${argv.map(quoted).join(' ')} ended with exit code ${result.exitCode}${output ? `: ${output}` : ''}`);
    this.name = 'CommandError';
    this.argv = argv;
    this.result = result;
  }
}

/**
 * Runs a command to its end. Never rejects for its exit code: 127 where it cannot be started, 124 when the time was up, 128 + number for
 * a signal. It has its own session, so that a terminal's Ctrl-C does not reach it and a killed one takes its children along.
 */
export function run(argv: string[], options: CommandOptions = {}): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(argv[0] as string, argv.slice(1), {
      stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: true,
      ...(options.env && { env: options.env }),
    });
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    const kill = () => {
      if (child.pid !== undefined) killGroup(child.pid, 'SIGKILL');
    };
    const timer = setTimeout(() => {
      timedOut = true;
      kill();
    }, options.timeoutMs ?? 30_000);
    options.signal?.addEventListener('abort', kill, { once: true });
    const finish = (exitCode: number, more = '') => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', kill);
      resolve({ exitCode, stdout, stderr: stderr + more });
    };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', (error) => finish(127, error.message));
    child.once('close', (code, signal) => {
      if (timedOut) finish(124, `\nstopped after ${(options.timeoutMs ?? 30_000) / 1000} s`);
      else finish(code ?? 128 + (signal === 'SIGKILL' ? 9 : 15));
    });
    // a command that ends without reading its input is its own business
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.stdin);
  });
}

/** The same, but a failure is a CommandError. Gives what it printed. */
export async function succeed(argv: string[], options: CommandOptions = {}): Promise<string> {
  const result = await run(argv, options);
  if (result.exitCode !== 0) throw new CommandError(argv, result);
  return result.stdout;
}

/** Signals a session's process group; one that is gone needs no signal. */
export function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // gone
  }
}
