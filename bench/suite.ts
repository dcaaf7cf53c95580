import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../cli/paths.ts';
import { exitCode } from '../cli/usage.ts';

/** What these benchmarks read of a run.json, also of one that another version wrote. */
export interface Judged {
  id: string;
  status: string;
  reason?: string;
  looks?: { void: number };
}

export interface Ended {
  /** The scenarios of run.json; undefined: there is none. */
  scenarios?: Judged[];
  /** What broke outside of any scenario. */
  problems: string[];
  /** Its last line on standard output. */
  said: string;
  wallMs: number;
  /** Processor time of all its processes, as the kernel adds it up. Resolution: 10 ms. */
  cpuMs: number;
  report: string;
}

export interface How {
  /** A new directory: reports, and log.txt with all that it printed. */
  report: string;
  /** Of what is run. */
  checkout?: string;
  /** Comes before the command, e.g. a profiler. */
  before?: string[];
  /** Is told of the process once it has been started. What it rejects with ends the run. */
  during?: (child: ChildProcess & { pid: number }, log: (line: string) => void) => Promise<void>;
  /** Ends the run. */
  signal: AbortSignal;
}

/** The tags of `npm start`. */
export function defaultTags(): string {
  const { scripts } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  return /--tags "([^"]*)"/.exec(scripts.start)?.[1] ?? '';
}

export const runArgv = (tags: string): string[] => [
  'run',
  '--cluster',
  'embedded',
  '--cni',
  'reference',
  '--tags',
  tags,
];

/** No run takes longer: a child that hangs ends, and the benchmark with it. */
const longestMs = 60 * 60_000;
const patienceMs = 30_000;

/** Processor time of the children that have ended, and of theirs, in milliseconds. */
function childrenCpuMs(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

/** Runs a command of netvet as a child process, to its end. Throws when `signal` ended it. */
export async function netvet(
  argv: string[],
  { report, checkout = packageRoot, before = [], during, signal }: How,
): Promise<Ended> {
  signal.throwIfAborted();
  mkdirSync(report, { recursive: true });
  const log = createWriteStream(join(report, 'log.txt'));
  const command = [...before, process.execPath, join(checkout, 'cli/netvet.js'), ...argv, '--json', '--report', report];
  const began = performance.now();
  const cpuMs = childrenCpuMs();
  const [program, ...words] = command as [string, ...string[]];
  // a session of its own: Ctrl-C reaches it once, from here
  const child = spawn(program, words, { cwd: packageRoot, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  child.stderr.pipe(log);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const exited = new Promise<void>((resolve, reject) => child.on('close', () => resolve()).on('error', reject));

  const troubles: unknown[] = [];
  const kill = (name: NodeJS.Signals) =>
    child.pid !== undefined && child.exitCode === null && process.kill(-child.pid, name);
  let hard: NodeJS.Timeout | undefined;
  const end = () => {
    kill('SIGINT');
    hard ??= setTimeout(() => kill('SIGKILL'), patienceMs);
  };
  const limit = setTimeout(() => {
    troubles.push(new Error(`a run took longer than an hour: ${command.join(' ')}`));
    end();
  }, longestMs);
  signal.addEventListener('abort', end);
  try {
    const disturbed = during?.(child as ChildProcess & { pid: number }, (line) => log.write(`${line}\n`)).catch(
      (error: unknown) => {
        troubles.push(error);
        end();
      },
    );
    await exited;
    const wallMs = performance.now() - began;
    const used = childrenCpuMs() - cpuMs;
    await disturbed;
    signal.throwIfAborted();
    if (troubles.length > 0) throw troubles[0];
    return { ...judged(report), said: said.trim().split('\n').at(-1) ?? '', wallMs, cpuMs: used, report };
  } finally {
    clearTimeout(limit);
    clearTimeout(hard);
    signal.removeEventListener('abort', end);
    log.end();
  }
}

function judged(report: string): Pick<Ended, 'scenarios' | 'problems'> {
  try {
    const run = JSON.parse(readFileSync(join(report, 'run.json'), 'utf8')) as Required<Pick<Ended, 'scenarios'>> &
      Partial<Ended>;
    return { scenarios: run.scenarios, problems: run.problems ?? [] };
  } catch {
    const last = readFileSync(join(report, 'log.txt'), 'utf8').trim().split('\n').at(-1);
    return { problems: [`there is no run.json: ${last ?? ''}`] };
  }
}

/** "92 passed, 1 failed". */
export function countsOf(statuses: string[]): string {
  const groups = Object.entries(Object.groupBy(statuses, (status) => status));
  return groups.map(([status, all]) => `${all?.length} ${status}`).join(', ') || 'no scenario';
}

/** Scenarios that ended otherwise, or are in one of both only: one sentence each. */
export function differences(a: Judged[], b: Judged[]): string[] {
  const [before, after] = [a, b].map((all) => new Map(all.map((one) => [one.id, one])));
  return [...new Set([...a, ...b].map(({ id }) => id))].flatMap((id) => {
    const [was, is] = [before?.get(id), after?.get(id)];
    if (was?.status === is?.status) return [];
    const why = is?.reason ?? was?.reason;
    return [`${id}: ${was?.status ?? 'not run'}, then ${is?.status ?? 'not run'}${why ? ` (${why})` : ''}`];
  });
}

/** Runs a benchmark until its end or the first Ctrl-C, and gives the exit code: what it has made is gone then. */
export async function untilStopped(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort());
  try {
    return await work(stop.signal);
  } catch (error) {
    if (stop.signal.aborted) return exitCode.interrupted;
    throw error;
  }
}
