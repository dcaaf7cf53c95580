/** Runs one container once: from its program's start to its end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { killGroup } from '../command.ts';
import type { Node } from '../node/index.ts';
import { ContainerLog } from './log.ts';
import { fstab, makeMountPoint, makeRoot, type Mount } from './root.ts';
import type { Sandbox } from './sandbox.ts';

export interface ContainerSpec {
  /** Below which its root directory is made: a path of the node, on its /run. */
  directory: string;
  /** Path of the log file, as seen from here. */
  logPath: string;
  argv: string[];
  env: Record<string, string>;
  workingDirectory: string;
  mounts: (Mount & { isFile: boolean })[];
  /** Mounts made later on the node become visible in it. */
  followsMounts: boolean;
  /** Files of its own below /etc. */
  files: Record<string, string>;
  sandbox: Sandbox;
  /** The node's PID namespace instead of one of its own. */
  hostPid: boolean;
}

export interface Exit {
  /** 128 + number for a signal; 128 where the program could not be started. */
  exitCode: number;
  /** Why the program could not be started. */
  error?: string;
  finishedAt: Date;
}

export interface RunningContainer {
  id: string;
  /** Its program, as a process of this namespace. */
  pid: number;
  startedAt: Date;
  env: Record<string, string>;
  workingDirectory: string;
  log: ContainerLog;
  ended: Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
}

/** argv that runs something in the node's mount and PID namespaces and the sandbox's others. */
const enterSandbox = (node: Node, sandbox: Sandbox) => [
  'nsenter',
  `--mount=/proc/${node.pid}/ns/mnt`,
  `--pid=/proc/${node.pid}/ns/pid`,
  ...sandbox.join,
  '--',
];

/** Starts a container; resolves once its program runs. Rejects with what kept it from running; nothing is left then. */
export async function startContainer(node: Node, spec: ContainerSpec): Promise<RunningContainer> {
  const id = randomBytes(32).toString('hex');
  const root = join(spec.directory, 'root');
  const table = join(spec.directory, 'fstab');
  const here = (path: string) => join(node.state, path);
  rmSync(here(spec.directory), { recursive: true, force: true });
  mkdirSync(here(root), { recursive: true });
  makeRoot(here(root), spec.files);
  for (const { target, isFile } of spec.mounts) makeMountPoint(here(root), target, isFile);
  writeFileSync(here(table), fstab(root, spec.mounts));

  const own = spec.hostPid ? [] : ['--pid', '--fork', '--kill-child=KILL'];
  const unshare = ['unshare', '--mount', '--propagation', spec.followsMounts ? 'slave' : 'private', ...own];
  const script = ['sh', join(import.meta.dirname, 'container.sh'), root, table, spec.workingDirectory, ...spec.argv];
  const argv = [...enterSandbox(node, spec.sandbox), ...unshare, ...script];
  const child = spawn(argv[0] as string, argv.slice(1), { env: spec.env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'], detached: true });
  const log = new ContainerLog(spec.logPath);
  collect(child, log);

  const startedAt = new Date();
  const { pid, error } = await reported(child.stdio[3] as Readable);
  const ended = outcome(child, spec, log).then((exit) => {
    rmSync(here(spec.directory), { recursive: true, force: true });
    return error === undefined ? exit : { ...exit, error };
  });
  if (pid === undefined || error !== undefined) {
    await ended;
    throw new Error(error ?? 'the container ended before its program was started');
  }
  return { id, pid, startedAt, env: spec.env, workingDirectory: spec.workingDirectory, log, ended, kill: (signal) => send(pid, signal) };
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it ended meanwhile
  }
}

function collect(child: ChildProcess, log: ContainerLog): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => log.write(stream, text));
  }
}

/** Reads container.sh's one line. Neither is there when it was killed before it came so far. */
async function reported(channel: Readable): Promise<{ pid?: number; error?: string }> {
  for await (const line of createInterface({ input: channel })) {
    return line.startsWith('pid ') ? { pid: Number(line.slice(4)) } : { error: line.replace(/^error /, '') };
  }
  return {};
}

/** How long output is waited for after the end: another process may hold the pipes. */
const drainMs = 200;

function outcome(child: ChildProcess, spec: ContainerSpec, log: ContainerLog): Promise<Exit> {
  return new Promise((resolve) => {
    const closed = new Promise<void>((done) => {
      child.once('close', () => done());
    });
    child.once('error', (error) => {
      log.end();
      resolve({ exitCode: 128, error: error.message, finishedAt: new Date() });
    });
    child.once('exit', (code, signal) => {
      const finishedAt = new Date();
      // without a PID namespace of its own nothing ends what it left behind
      if (spec.hostPid && child.pid !== undefined) killGroup(child.pid, 'SIGKILL');
      const timer = setTimeout(() => finish(), drainMs);
      const finish = () => {
        clearTimeout(timer);
        for (const stream of [child.stdout, child.stderr]) stream?.destroy();
        if (!log.ended) log.end();
        resolve({ exitCode: code ?? 128 + signalNumber(signal), finishedAt });
      };
      void closed.then(finish);
    });
  });
}

const numbers: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGBUS: 7, SIGFPE: 8, SIGKILL: 9, SIGSEGV: 11, SIGPIPE: 13, SIGTERM: 15 };
const signalNumber = (signal: NodeJS.Signals | null) => numbers[signal ?? 'SIGKILL'] ?? 15;
