/** The container runtime: runs one container once, from its program's start to its end. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { kill } from '../command.ts';
import type { Node } from '../node/index.ts';
import { ContainerLog } from './logs.ts';
import { fstab, type Mount, makeMountPoint, makeRoot } from './rootfs.ts';
import type { Sandbox } from './sandbox.ts';

export interface ContainerConfig {
  /** Below which its root directory is made: a path of the node, on its /run. */
  directory: string;
  /** Path of the log file, as seen from here. */
  logPath: string;
  argv: string[];
  env: Record<string, string>;
  workingDirectory: string;
  mounts: Mount[];
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
  /** Its standard input: none, or open to whoever is attached, to the end or (`once`) to the end of the first one's. */
  stdin: 'none' | 'open' | 'once';
}

export interface Exit {
  /** 128 + number for a signal; 128 where the program could not be started. */
  exitCode: number;
  /** Why the program could not be started. */
  error?: string;
  /** Milliseconds since 1970. */
  finishedAt: number;
}

export type RunningContainer = Awaited<ReturnType<typeof startContainer>>;

/** Starts a container; resolves once its program runs. Rejects with what kept it from running; nothing is left then. */
export async function startContainer(node: Node, config: ContainerConfig) {
  const id = randomBytes(32).toString('hex');
  const root = join(config.directory, 'root');
  const table = join(config.directory, 'fstab');
  const here = (path: string) => join(node.state, path);
  rmSync(here(config.directory), { recursive: true, force: true });
  mkdirSync(here(root), { recursive: true });
  makeRoot(here(root), config.files, config.programs);
  for (const { target, isFile } of config.mounts) makeMountPoint(here(root), target, isFile);
  writeFileSync(here(table), fstab(root, config.mounts, config.readOnlyRoot));

  const own = config.hostPid ? [] : ['--pid'];
  const unshare = ['unshare', '--mount', '--propagation', config.followsMounts ? 'slave' : 'private', ...own];
  const becoming = [root, table, config.workingDirectory, config.capabilities];
  const script = ['sh', join(import.meta.dirname, 'container.sh'), ...becoming, ...config.argv];
  const log = new ContainerLog(config.logPath);
  const startedAt = Date.now();
  const { report, exit, input } = startProgram(node, [...config.sandbox.join, ...unshare, ...script], config, log);
  const { pid, nodePid, error } = await report;
  const ended = exit.then((end) => {
    rmSync(here(config.directory), { recursive: true, force: true });
    return end;
  });
  if (pid === undefined || nodePid === undefined) {
    await ended;
    throw new Error(error ?? 'the container ended before its program was started');
  }
  return {
    config,
    id,
    /** Its program's process id, here and on the node. */
    pid,
    nodePid,
    startedAt,
    log,
    /** Its standard input, where it has one. */
    input,
    ended,
    kill: (signal: NodeJS.Signals) => kill(pid, signal),
  };
}

/** How long output is waited for after the end: another process may hold the pipes. */
const drainMs = 200;

/** Has the node's shim start it. `report`: container.sh's one line; empty when it was killed before it came so far. */
function startProgram(node: Node, argv: string[], config: ContainerConfig, log: ContainerLog) {
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
    { env: config.env, stdin: config.stdin !== 'none', killGroup: config.hostPid },
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
        const code = signal === null ? exitCode : 128 + constants.signals[signal];
        end = { exitCode: code, finishedAt };
        setTimeout(finish, drainMs);
      },
      closed: finish,
    },
  );
  return { report: report.promise, exit: exit.promise, input };
}
