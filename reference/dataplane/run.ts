/**
 * The one way in which the reference CNI runs commands. A prefix puts all of them somewhere else, such as a node's
 * network namespace: `createRun(['nsenter', '--net=/proc/1/ns/net', '--'])`.
 */
import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';

export interface RunResult {
  stdout: string;
  stderr: string;
  /** -1: a signal ended it. */
  exitCode: number;
  /** It was ended at its deadline. */
  timedOut?: true;
}

/** What a command is fed: a text, or such as is made piece by piece while the command reads. */
export type Input = string | Iterable<string>;

/** Resolves however the command ended; rejects with a CommandError only when it could not be started. */
export type Run = (argv: string[], options?: RunOptions) => Promise<RunResult>;

interface RunOptions {
  stdin?: Input;
  /** For a command that may take longer than others. */
  deadlineMs?: number;
  /**
   * Takes stdout line by line, while the command runs; the result has none of it. A long list is read piece by piece,
   * and everything else goes on in between.
   */
  line?: (text: string) => void;
}

/** `ip`, `nft` and `conntrack` lie where an ordinary user does not look. Their words are read: see failureOf. */
export const env = { ...process.env, LC_ALL: 'C', PATH: `${process.env.PATH ?? '/usr/bin:/bin'}:/usr/sbin:/sbin` };

/** No command takes this long, in milliseconds, unless its caller says so. */
export const DEADLINE_MS = 60_000;

const EXCERPT = 2000;
const BRIEF = 400;
const excerpt = (text: string) =>
  text.length > EXCERPT ? `${text.slice(0, EXCERPT)}\n... (${text.length} bytes)` : text;
const quote = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** Why a command failed, for those who decide by it. */
export type Failure = 'nothing to do' | 'missing' | 'timed out' | 'other';

/** What `ip`, `nft` and `conntrack` say; their exit codes tell nothing apart. */
const phrases: [Failure, RegExp][] = [
  ['nothing to do', /\d+ flow entries have been deleted/],
  ['missing', /No such (?:process|device|file)|Cannot find device|does not exist|conntrack doesn't exist/],
];

/** Undefined: it did not fail. */
export function failureOf({ exitCode, stderr, timedOut }: Omit<RunResult, 'stdout'>): Failure | undefined {
  if (timedOut) return 'timed out';
  // the command itself was not found, or the namespace that it was to run in
  if (exitCode === 126 || exitCode === 127 || stderr.startsWith('nsenter: ')) return 'other';
  return exitCode === 0 ? undefined : (phrases.find(([, words]) => words.test(stderr))?.[0] ?? 'other');
}

/** A command that did not do its work. The message has a line to paste, what was fed to it and what it said. */
export class CommandError extends Error {
  readonly argv: string[];
  readonly stdin: string | undefined;
  readonly result: RunResult;
  /** What happened in one line, for those who have no room for the input: the status of a node, say. */
  readonly brief: string;

  constructor(argv: string[], input: Input | undefined, result: RunResult, options?: ErrorOptions) {
    const parts = [`command failed (exit code ${result.exitCode}): ${argv.map(quote).join(' ')}`];
    const output = `${result.stderr}${result.stdout}`.trim();
    if (output !== '') parts.push(excerpt(output));
    const stdin = typeof input === 'object' ? [...input].join('') : input;
    const brief = parts.join(': ').replaceAll(/\s+/g, ' ');
    if (stdin !== undefined) parts.push(`its input was:\n${excerpt(stdin)}`);
    super(parts.join('\n'), options);
    this.name = 'CommandError';
    this.brief = brief.slice(0, BRIEF);
    this.argv = argv;
    this.stdin = stdin;
    this.result = result;
  }
}

/**
 * A runner of commands on this machine. `prefix` goes before every argv. A command that does not end is killed, and not
 * waited for: one that the kernel holds fast (state D) ends when the kernel lets it.
 */
export function createRun(prefix: string[] = [], deadline = DEADLINE_MS): Run {
  return (argv, options = {}) => {
    const { deadlineMs = deadline } = options;
    const whole = [...prefix, ...argv];
    return new Promise((resolve, reject) => {
      const child = spawn(whole[0] as string, whole.slice(1), { stdio: 'pipe', env });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      if (options.line === undefined) child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      else readLines(child.stdout, options.line);
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
      // A command that ends without reading its input closes the pipe: its exit code says what was wrong.
      child.stdin.on('error', () => {});
      Readable.from(options.stdin ?? '').pipe(child.stdin);
      const said = () => ({ stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() });
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        err.push(Buffer.from(`it did not end within ${deadlineMs} ms`));
        // what it started may hold them open
        child.stdout.destroy();
        child.stderr.destroy();
        child.stdin.destroy();
        // also of one that has ended: its output was not read to the end
        resolve({ ...said(), exitCode: -1, timedOut: true });
      }, deadlineMs);
      child.once('error', (cause) => {
        clearTimeout(timer);
        const result = { stdout: '', stderr: cause.message, exitCode: -1 };
        reject(new CommandError(whole, options.stdin, result, { cause }));
      });
      child.once('close', (code) => {
        clearTimeout(timer);
        resolve({ ...said(), exitCode: code ?? -1 });
      });
    });
  };
}

/** Between two pieces of a list everything else has its turn. */
function readLines(stream: Readable, line: (text: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) line(text);
    stream.pause();
    setImmediate(() => stream.resume());
  });
  stream.on('end', () => rest !== '' && line(rest));
}

/** Runs a command that has to succeed: any other exit code than 0 is a CommandError. */
export async function mustRun(run: Run, argv: string[], options?: RunOptions): Promise<string> {
  const result = await run(argv, options);
  if (result.exitCode !== 0) throw new CommandError(argv, options?.stdin, result);
  return result.stdout;
}

/** Runs commands in a network namespace that has a path. */
export const inNetns =
  (run: Run, path: string): Run =>
  (argv, options) =>
    run(['nsenter', `--net=${path}`, '--', ...argv], options);
