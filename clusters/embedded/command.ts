import { spawn } from 'node:child_process';
import type { CommandResult } from '../cluster.ts';
import { quoted } from '../machine.ts';

export interface CommandOptions {
  stdin?: string;
  /** Default: 30 s. */
  timeoutMs?: number;
  env?: NodeJS.ProcessEnv;
}

/** A command that could not be run, or that was expected to succeed and did not. */
export class CommandError extends Error {
  constructor(argv: string[], result: CommandResult) {
    const output = `${result.stderr}${result.stdout}`.trim();
    super(`${argv.map(quoted).join(' ')} ended with exit code ${result.exitCode}${output ? `: ${output}` : ''}`);
    this.name = 'CommandError';
  }
}

/**
 * Runs a command to its end. Never rejects for its exit code: 127 where it cannot be started, 124 when the time was up,
 * 128 + number for a signal. It has its own session, so that a terminal's Ctrl-C does not reach it and a killed one
 * takes its children along.
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
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup(child.pid, 'SIGKILL');
    }, options.timeoutMs ?? 30_000);
    const finish = (exitCode: number, more = '') => {
      clearTimeout(timer);
      resolve({ exitCode, stdout, stderr: stderr + more });
    };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
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

/** Signals a process; one that is gone needs no signal. */
export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // gone
  }
}

/** Signals a session's process group. undefined: of a process that could not be started. */
export function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid !== undefined) kill(-pid, signal);
}

/** argv in front of a command that is to run in a process's namespaces. */
export const nsenter = (pid: number): string[] => ['nsenter', '-t', String(pid), '-n', '-m', '-u', '-i', '-p', '--'];
