import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packageRoot } from '../paths.ts';
import type { OwnMachine } from './leftovers.ts';

export interface Options {
  cwd?: string;
  env?: Record<string, string>;
  /** Where it runs. Default: where the test does. */
  machine?: OwnMachine;
  /** A command that takes longer is ended as by Ctrl-C, and what it said is in the failure. Default: 12. */
  minutes?: number;
}

/** Starts netvet as a user does: a process group of its own, output in pipes (so: plain lines, no live display). */
export function netvet(args: string[], options: Options = {}) {
  const started = Date.now();
  const { cwd = packageRoot, machine } = options;
  const argv: [string, ...string[]] = [process.execPath, join(packageRoot, 'cli/netvet.js'), ...args];
  const [file, ...words] = machine === undefined ? argv : machine.command(argv, cwd);
  const child = spawn(file, words, {
    cwd,
    env: { ...process.env, ...machine?.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let stdout = '';
  let stderr = '';
  const watchers: { pattern: RegExp; done: () => void }[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const watcher of watchers) if (watcher.pattern.test(stderr)) watcher.done();
  });
  const timer = setTimeout(() => child.kill('SIGINT'), (options.minutes ?? 12) * 60_000);
  const finished = once(child, 'close')
    .then(([exitCode]) => ({ exitCode: exitCode as number | null, stdout, stderr, durationMs: Date.now() - started }))
    .finally(() => clearTimeout(timer));
  /** Resolves once stderr has matched; rejects when the command ended before that. */
  const saw = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      if (pattern.test(stderr)) return resolve();
      watchers.push({ pattern, done: resolve });
      finished.then(
        () => reject(new Error(`netvet ${args.join(' ')} ended without printing ${pattern}:\n${stderr}`)),
        reject,
      );
    });
  return { child, saw, finished };
}
