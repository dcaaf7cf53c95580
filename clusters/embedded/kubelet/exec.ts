/** Runs commands inside running containers, and joins clients to what runs there. */
import { spawn } from 'node:child_process';
import { killGroup, nsenter } from '../command.ts';
import type { Node } from '../node/index.ts';
import type { ExecStreams } from '../objects.ts';
import type { RunningContainer } from './runtime.ts';

/** Runs `argv` in the container. `pid`: its program's, as seen where nsenter is run. */
function inside(running: RunningContainer, pid: number, argv: string[]): string[] {
  const { workingDirectory, capabilities } = running.config;
  const enter = [...nsenter(pid), 'setpriv', '--bounding-set', capabilities, '--'];
  if (workingDirectory === '/') return [...enter, ...argv];
  return [...enter, 'sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', workingDirectory, ...argv];
}

/** Output that an event can hold. */
const keptCharacters = 1024;

/** For probes and hooks. 124: the time was up. */
export async function execute(node: Node, running: RunningContainer, argv: string[], timeoutMs: number) {
  const { exitCode, stdout, stderr } = await node.shim.run(inside(running, running.nodePid, argv), {
    env: running.config.env,
    timeoutMs,
  });
  return { exitCode, output: (stdout + stderr).slice(0, keptCharacters).trim() };
}

/** For the API's exec. Resolves with the exit code when all output is written; the signal kills the command. */
export function execStreaming(running: RunningContainer, argv: string[], streams: ExecStreams, signal: AbortSignal) {
  return new Promise<number>((resolve) => {
    const [file, ...args] = inside(running, running.pid, argv);
    const child = spawn(file as string, args, {
      env: running.config.env,
      stdio: [streams.stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const kill = () => killGroup(child.pid, 'SIGKILL');
    if (signal.aborted) kill();
    signal.addEventListener('abort', kill, { once: true });
    // a command may end before it has read its input, and a client may go before it has read the output
    child.stdin?.on('error', () => {});
    if (streams.stdin && child.stdin) streams.stdin.pipe(child.stdin);
    for (const name of ['stdout', 'stderr'] as const) {
      streams[name].on('error', kill);
      child[name]?.pipe(streams[name], { end: false });
    }
    child.once('error', (error) => {
      streams.stderr.write(`${error.message}\n`);
      resolve(127);
    });
    child.once('close', (code) => {
      signal.removeEventListener('abort', kill);
      if (child.stdin) streams.stdin?.unpipe(child.stdin);
      resolve(code ?? 137);
    });
  });
}

/**
 * For the API's attach. Several may be attached at once: all of them hear what the program prints from then on.
 * Resolves when the program has ended, when the signal fires, or with the end of the client's stdin, unless that is the
 * program's own end of input (stdinOnce).
 * https://github.com/containerd/containerd/blob/v2.1.0/internal/cri/io/container_io.go
 */
export async function attach(running: RunningContainer, streams: ExecStreams, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  const { log, config, input } = running;
  const hear = (stream: 'stdout' | 'stderr', text: string) => void streams[stream].write(text);
  log.events.on('output', hear);
  if (config.stdin !== 'none') {
    streams.stdin?.setEncoding('utf8');
    streams.stdin?.on('data', (text: string) => input.write(text));
    streams.stdin?.on('end', () => (config.stdin === 'once' ? input.end() : resolve()));
  }
  await Promise.race([running.ended, promise]);
  log.events.off('output', hear);
}
