/** Runs one container once: from its program's start to its end. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Input, Node } from '../node/index.ts';
import { ContainerLog } from './log.ts';
import { fstab, type Mount, makeMountPoint, makeRoot } from './root.ts';
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
  /** Programs of its image: name -> path on the node. */
  programs: Record<string, string>;
  sandbox: Sandbox;
  /** Capabilities of its root, as setpriv(1) takes them. */
  capabilities: string;
  readOnlyRoot: boolean;
  /** The node's PID namespace instead of one of its own. */
  hostPid: boolean;
  /** Its standard input: none, or one that is open to whoever is attached, to the end or (`once`) to the end of the first one's. */
  stdin: 'none' | 'open' | 'once';
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
  /** Its program's process id, here and on the node. */
  pid: number;
  nodePid: number;
  startedAt: Date;
  env: Record<string, string>;
  workingDirectory: string;
  capabilities: string;
  log: ContainerLog;
  /** Its standard input, where it has one; see ContainerSpec. */
  input: Input;
  stdin: ContainerSpec['stdin'];
  ended: Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts a container; resolves once its program runs. Rejects with what kept it from running; nothing is left then. */
export async function startContainer(node: Node, spec: ContainerSpec): Promise<RunningContainer> {
  const id = randomBytes(32).toString('hex');
  const root = join(spec.directory, 'root');
  const table = join(spec.directory, 'fstab');
  const here = (path: string) => join(node.state, path);
  rmSync(here(spec.directory), { recursive: true, force: true });
  mkdirSync(here(root), { recursive: true });
  makeRoot(here(root), spec.files, spec.programs);
  for (const { target, isFile } of spec.mounts) makeMountPoint(here(root), target, isFile);
  writeFileSync(here(table), fstab(root, spec.mounts, spec.readOnlyRoot));

  const own = spec.hostPid ? [] : ['--pid'];
  const unshare = ['unshare', '--mount', '--propagation', spec.followsMounts ? 'slave' : 'private', ...own];
  const { workingDirectory, capabilities } = spec;
  const becoming = [root, table, workingDirectory, capabilities];
  const script = ['sh', join(import.meta.dirname, 'container.sh'), ...becoming, ...spec.argv];
  const log = new ContainerLog(spec.logPath);
  const startedAt = new Date();
  const { report, exit, input } = launch(node, [...spec.sandbox.join, ...unshare, ...script], spec, log);
  const { pid, nodePid, error } = await report;
  const ended = exit.then((end) => {
    rmSync(here(spec.directory), { recursive: true, force: true });
    return end;
  });
  if (pid === undefined || nodePid === undefined) {
    await ended;
    throw new Error(error ?? 'the container ended before its program was started');
  }
  return {
    id,
    pid,
    nodePid,
    startedAt,
    env: spec.env,
    workingDirectory,
    capabilities,
    log,
    input,
    stdin: spec.stdin,
    ended,
    kill: (signal) => send(pid, signal),
  };
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it ended meanwhile
  }
}

/** How long output is waited for after the end: another process may hold the pipes. */
const drainMs = 200;

/** Has the node's shim start it. `report`: container.sh's one line; empty when it was killed before it came so far. */
function launch(node: Node, argv: string[], spec: ContainerSpec, log: ContainerLog) {
  const report = Promise.withResolvers<{ pid?: number; nodePid?: number; error?: string }>();
  const exit = Promise.withResolvers<Exit>();
  let line = '';
  let end: Exit | undefined;
  const finish = () => {
    if (end === undefined || log.ended) return;
    log.end();
    report.resolve({});
    exit.resolve(end);
  };
  const input = node.shim.start(
    argv,
    { env: spec.env, stdin: spec.stdin !== 'none', killGroup: spec.hostPid },
    {
      output(stream, text) {
        if (stream !== 'report') return log.write(stream, text);
        line += text;
        if (!line.endsWith('\n')) return;
        const [, pid, nodePid] = /^pid (\d+) (\d+)$/m.exec(line) ?? [];
        report.resolve(
          pid === undefined
            ? { error: line.replace(/^error /, '').trim() }
            : { pid: Number(pid), nodePid: Number(nodePid) },
        );
      },
      ended({ exitCode, signal, finishedAt }) {
        end = { exitCode: signal === null ? exitCode : 128 + signalNumber(signal), finishedAt: new Date(finishedAt) };
        setTimeout(finish, drainMs);
      },
      closed: finish,
    },
  );
  return { report: report.promise, exit: exit.promise, input };
}

const signalNumber = (signal: NodeJS.Signals) => constants.signals[signal];
