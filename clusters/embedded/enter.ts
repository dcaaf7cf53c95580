import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Duplex, Readable } from 'node:stream';
import { refusal } from './refusal.ts';

const checkout = join(import.meta.dirname, '../..');

/** Set to 1 for everything that runs inside: the mark by which a command knows that it has been entered. */
const insideMark = 'NETVET_INSIDE';

/** True in a process that enter() started, and in everything below it. */
export const isInside = (): boolean => process.env[insideMark] === '1';

export interface EnterOptions {
  /** Absolute paths that stay visible and writable, made if missing. Checkout and working directory always do. */
  visible?: (string | undefined)[];
  /**
   * `job` (default): its own session; Ctrl-C reaches this process and is forwarded once. `terminal`: for an interactive
   * command, which gets Ctrl-C from the terminal that it shares.
   */
  as?: 'job' | 'terminal';
  /** Real root stays real root, without a user namespace: nft needs its socket buffer to send hundreds of Services. */
  realRoot?: boolean;
  /** File descriptor that takes all that it prints. Default: it prints where the caller does. */
  output?: number;
}

/**
 * Runs a command inside fresh user, network, mount, PID, IPC and UTS namespaces, as root there and as the same ordinary
 * user outside, and gives its exit code (128 + number for a signal). Nothing of the host is touched: /tmp, /run,
 * /var/lib/cni and the like are private and gone afterwards; no packet can leave. When this process dies, by any
 * signal, the kernel removes all of it.
 *
 * The command is normally this program again: `enter([process.execPath, ...process.argv.slice(1)])` in a process for
 * which isInside() is false; inside, isInside() is true and `embedded.create()` (index.ts) works.
 */
export async function enter(argv: string[], options: EnterOptions = {}): Promise<number> {
  const child = start(argv, options);
  const started = entered(child);
  const stop = forwardSignals(child, started, options.as ?? 'job');
  try {
    return await outcome(child, started);
  } finally {
    stop();
  }
}

/**
 * The same, but it outlives this process, as kept clusters do (keep.ts). Resolves once it runs; `log`: a descriptor.
 */
export async function enterAndLeave(argv: string[], options: EnterOptions & { log: number }): Promise<void> {
  const child = start(argv, options, options.log);
  await entered(child);
  for (const stream of child.stdio.slice(2)) stream?.destroy();
  child.unref();
}

function start(argv: string[], options: EnterOptions, log?: number): ChildProcess {
  const PATH = `${process.env['PATH'] ?? '/usr/bin:/bin'}:/run/netvet/bin:/usr/local/sbin:/usr/sbin:/sbin`;
  const env = { ...process.env, [insideMark]: '1', TMPDIR: '/tmp', XDG_RUNTIME_DIR: '/run', PATH };
  const wanted = [checkout, process.cwd(), ...(options.visible ?? [])];
  const paths = [...new Set(wanted)].filter((path) => path !== undefined);
  for (const path of paths) mkdirSync(path, { recursive: true });
  // what lies below another one is visible with it
  const visible = paths.filter((path) => !paths.some((other) => path.startsWith(`${other}/`)));

  const stay = log !== undefined;
  const output = log ?? options.output;
  // Two locks on one door. The kernel kills the first process when the one above it dies; that asks for a moment
  // between start and prctl. The script's control channel has no such moment, but a stopped script cannot read it.
  const unshare = ['unshare', '--net', '--mount', '--pid', '--ipc', '--uts', '--fork'];
  const first = stay ? unshare : ['setpriv', '--pdeathsig', 'KILL', ...unshare, '--kill-child=KILL'];
  const id = randomBytes(4).toString('hex');
  const script = ['sh', join(import.meta.dirname, 'enter.sh'), id, stay ? '1' : '0', process.cwd()];
  const command = [...first, ...script, ...visible, '--', ...argv];
  // the identities are mapped from outside, between the two: see mapIdentities
  const mapped = ['unshare', '--user', 'sh', '-c', 'echo map >&2; read -r _ <&3 && exec "$@"', 'sh', ...command];
  const [program, ...words] = options.realRoot === true ? command : mapped;
  return spawn(program as string, words, {
    env,
    detached: options.as !== 'terminal',
    stdio:
      output === undefined ? ['inherit', 'inherit', 'pipe', 'pipe', 2] : ['ignore', output, 'pipe', 'pipe', output],
  });
}

/**
 * Makes the caller root inside: an ordinary user can have that identity only. Real root keeps all that it has, or it
 * could not write to other users' files. https://man7.org/linux/man-pages/man7/user_namespaces.7.html
 */
function mapIdentities(pid: number): void {
  if (process.geteuid?.() === 0) {
    for (const kind of ['uid', 'gid']) {
      const own = readFileSync(`/proc/self/${kind}_map`, 'utf8');
      writeFileSync(`/proc/${pid}/${kind}_map`, own.replaceAll(/^ *(\d+) +\d+ +(\d+)$/gm, '$1 $1 $2'));
    }
  } else {
    writeFileSync(`/proc/${pid}/setgroups`, 'deny');
    writeFileSync(`/proc/${pid}/uid_map`, `0 ${process.geteuid?.()} 1\n`);
    writeFileSync(`/proc/${pid}/gid_map`, `0 ${process.getegid?.()} 1\n`);
  }
}

/** Resolves when the command has been started; rejects with what is wrong with this machine. */
function entered(child: ChildProcess): Promise<void> {
  const errors = child.stdio[2] as Readable;
  const control = child.stdio[3] as Duplex;
  return new Promise((resolve, reject) => {
    let text = '';
    errors.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text === 'map\n') {
        text = '';
        try {
          mapIdentities(child.pid as number);
          control.write('\n');
        } catch (error) {
          reject(refusal((error as Error).message));
          control.destroy();
        }
      } else if (text.endsWith('entered\n')) resolve();
    });
    errors.on('end', () => reject(refusal(text.trim())));
    child.on('error', (error) => reject(refusal(error.message)));
  });
}

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

async function outcome(child: ChildProcess, started: Promise<void>): Promise<number> {
  const ended = new Promise<number>((resolve) => {
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']));
    child.on('error', () => resolve(127));
  });
  try {
    await started;
  } catch (error) {
    const code = await ended;
    // a signal for all of this process's group, as a terminal sends it, reaches a child that has no session of its own
    // yet
    if (passedOn.some((signal) => signal === child.signalCode)) return code;
    throw error;
  }
  return ended;
}

/** Passes signals on, each once, and not before the command has been started: the channel is for the set-up first. */
function forwardSignals(child: ChildProcess, started: Promise<void>, as: 'job' | 'terminal'): () => void {
  const control = child.stdio[3] as Duplex | null;
  // it closes when the command has ended; a signal that arrives then has nobody to go to
  control?.on('error', () => {});
  const handlers = passedOn.map((signal) => {
    const handler = () => {
      if (as === 'terminal' && signal === 'SIGINT') return;
      const pass = () => control?.writable && control.write(`${signal.slice(3)}\n`);
      // one that cannot be started needs no signal
      void started.then(pass, () => {});
    };
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return () => {
    for (const remove of handlers) remove();
    control?.destroy();
  };
}
