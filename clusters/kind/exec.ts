/** Commands in a node. */
import { PassThrough, type Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import type { CommandResult } from '../cluster.ts';

export interface ExecOptions {
  stdin?: string | Readable;
  /** Default: 30 s. */
  timeoutMs?: number;
}

function collector(): { stream: PassThrough; text(): string } {
  const chunks: Buffer[] = [];
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}

/** How long after its time a command's end may take to arrive, before the connection is given up. */
const graceMs = 5_000;

/**
 * Runs a command in a container to its end. Never rejects for its exit code: 127 where it cannot be started, 124 when
 * the time was up. dockerode's own exec and not testcontainers', which has no standard input.
 */
export async function execIn(container: Docker.Container, argv: string[], options: ExecOptions = {}) {
  const { stdin, timeoutMs = 30_000 } = options;
  const exec = await container.exec({
    // the engine cannot end a command: the node's own "timeout" does, so that none stays behind
    Cmd: ['timeout', '--kill-after=1', String(timeoutMs / 1000), ...argv],
    AttachStdin: stdin !== undefined,
    AttachStdout: true,
    AttachStderr: true,
  });
  const started = Date.now();
  const stream = await exec.start({ hijack: true, stdin: stdin !== undefined });
  const [stdout, stderr] = [collector(), collector()];
  container.modem.demuxStream(stream, stdout.stream, stderr.stream);
  // a command that ends without reading its input is its own business
  stream.on('error', () => {});
  if (typeof stdin === 'string') stream.end(stdin);
  else if (stdin !== undefined) void pipeline(stdin, stream, { end: true }).catch(() => undefined);
  const ended = finished(stream, { writable: false }).catch(() => undefined);
  const late = AbortSignal.timeout(timeoutMs + graceMs);
  const gaveUp = new Promise((resolve) => late.addEventListener('abort', resolve, { once: true }));
  await Promise.race([ended, gaveUp]);
  stream.destroy();
  const { ExitCode } = await exec.inspect();
  const exitCode = ExitCode ?? 124;
  const timedOut = exitCode === 124 && Date.now() - started >= timeoutMs;
  const more = timedOut ? `\nstopped after ${timeoutMs / 1000} s` : '';
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() + more } satisfies CommandResult;
}

/** The same, but a command that fails rejects with what it printed. Gives its standard output. */
export async function succeedIn(node: Docker.Container, argv: string[], options: ExecOptions = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await execIn(node, argv, options);
  if (exitCode === 0) return stdout;
  throw new Error(`${argv.join(' ')} ended with exit code ${exitCode}: ${(stderr || stdout).trim().slice(-2000)}`);
}

/** Writes a file, and makes the directory that it is in. */
export async function writeIn(node: Docker.Container, path: string, content: string): Promise<void> {
  const script = 'mkdir -p "$(dirname "$1")" && cat >"$1"';
  await succeedIn(node, ['sh', '-c', script, 'sh', path], { stdin: content });
}

/** Milliseconds. One image of half a gigabyte takes some 10 s. */
export const importMs = 300_000;

/** Has the node's containerd import an archive of images. Their layers as they were packed are not kept. */
export async function importImages(node: Docker.Container, archive: Readable): Promise<void> {
  const argv = ['ctr', '--namespace', 'k8s.io', 'images', 'import', '--local', '--discard-unpacked-layers', '-'];
  await succeedIn(node, argv, { stdin: archive, timeoutMs: importMs });
}
