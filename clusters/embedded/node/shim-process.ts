/**
 * The shim: one small process in a node's namespaces that opens connections and starts programs there for netvet
 * (shim.ts is its other end). Reads one request per line, answers in lines, in any order, until stdin ends. Imports
 * little: it is started once per node, and the time that a fork takes grows with the memory of the process that forks
 * (1 ms at 50 MB, 5 ms at 350 MB).
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { CommandResult } from '../../cluster.ts';
import { type CommandOptions, killGroup, run } from '../command.ts';
import { type DialAnswer, type DialRequest, dial } from './dial.ts';

export type Task =
  | { op: 'dial'; request: DialRequest }
  /** Runs a program to its end. */
  | ({ op: 'run'; argv: string[] } & CommandOptions)
  /** Starts a program and tells what it prints; descriptor 3 is for reports. */
  | { op: 'start'; argv: string[]; env: Record<string, string>; stdin: boolean; killGroup: boolean }
  /** More for the program that was started under the same number to read; without a text that is all. */
  | { op: 'input'; text?: string };

export type Request = Task & { id: number };

export type Answer = { id: number } & (
  | { dialled: DialAnswer }
  | { ran: CommandResult }
  | { stream: 'stdout' | 'stderr' | 'report'; text: string }
  | { ended: { exitCode: number; signal: NodeJS.Signals | null; finishedAt: number } }
  /** All output has been told. */
  | { closed: true }
);

const outputs = new Set<Readable>();
const inputs = new Map<number, Writable>();

function answer(message: Answer): void {
  if (process.stdout.write(`${JSON.stringify(message)}\n`)) return;
  // netvet is behind: whoever prints waits
  for (const output of outputs) output.pause();
  process.stdout.once('drain', () => {
    for (const output of outputs) output.resume();
  });
}

function start(id: number, request: Request & { op: 'start' }): void {
  const { argv, env } = request;
  const child = spawn(argv[0] as string, argv.slice(1), {
    env,
    stdio: [request.stdin ? 'pipe' : 'ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  if (child.stdin) inputs.set(id, child.stdin);
  child.stdin?.on('error', () => {}); // a program that ends without reading its input
  const names = ['stdout', 'stderr', 'report'] as const;
  for (const [i, stream] of names.entries()) {
    const output = child.stdio[i + 1] as Readable;
    outputs.add(output);
    output.setEncoding('utf8').on('data', (text: string) => answer({ id, stream, text }));
    output.once('close', () => outputs.delete(output));
  }
  child.once('error', (error) => {
    answer({ id, stream: 'report', text: `error ${error.message}\n` });
    answer({ id, ended: { exitCode: 128, signal: null, finishedAt: Date.now() } });
    answer({ id, closed: true });
  });
  child.once('exit', (code, signal) => {
    inputs.delete(id);
    answer({ id, ended: { exitCode: code ?? 0, signal, finishedAt: Date.now() } });
    if (request.killGroup) killGroup(child.pid, 'SIGKILL');
  });
  child.once('close', () => answer({ id, closed: true }));
}

const requests = createInterface({ input: process.stdin });
requests.on('close', () => process.exit());
requests.on('line', (line) => {
  const request = JSON.parse(line) as Request;
  const { id } = request;
  if (request.op === 'dial') void dial(request.request).then((dialled) => answer({ id, dialled }));
  else if (request.op === 'run') void run(request.argv, request).then((ran) => answer({ id, ran }));
  else if (request.op === 'start') start(id, request);
  else if (request.text === undefined) inputs.get(id)?.end();
  else inputs.get(id)?.write(request.text);
});
