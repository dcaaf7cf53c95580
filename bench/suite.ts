import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Report } from '../cli/mutate/report.ts';
import { packageRoot } from '../cli/paths.ts';
import { type Group, makeGroup } from './group.ts';
import { sum } from './table.ts';

/** What these benchmarks read of a run.json, also of one that another version wrote. */
export type Judged = { id: string; status: string; reason?: string; looks?: { void: number } };

export interface Ended {
  scenarios: Judged[];
  /** What broke outside of any scenario. */
  problems: string[];
  wallMs: number;
  /** Of all its processes, as the kernel accounts for their group; NaN: that needs root. */
  cpuMs: number;
}

export interface How {
  /** A new directory, for its reports alone; what it printed is beside it, in a file of that name and .log. */
  report: string;
  checkout?: string;
  quota?: number | undefined;
  /** A command in front of it, outside of its group. */
  observer?: (group: Group) => string[];
  /** Is told of the process, and when it is over. */
  during?: (pid: number, over: AbortSignal) => Promise<void>;
  signal: AbortSignal;
}

const patienceMs = 30_000;
const readJson = (...path: string[]): unknown => JSON.parse(readFileSync(join(...path), 'utf8'));

/** The command that `npm start` is, or other scenarios. */
export function runArgv(tags?: string): string[] {
  const { scripts } = readJson(packageRoot, 'package.json') as { scripts: { start: string } };
  const usual = /--tags "([^"]*)"/.exec(scripts.start)?.[1] ?? '';
  return ['run', '--cluster', 'embedded', '--cni', 'reference', '--tags', tags ?? usual];
}

/** Runs a command of netvet to its end. Throws when `signal` ended it, or NoGroup. */
export async function netvet(argv: string[], how: How): Promise<Ended> {
  const { report, checkout = packageRoot, quota, observer, during, signal } = how;
  signal.throwIfAborted();
  mkdirSync(dirname(report), { recursive: true });
  using group = makeGroup(quota, quota !== undefined || observer !== undefined);
  const command = group ? [...(observer?.(group) ?? []), ...group.before] : [];
  command.push(process.execPath, join(checkout, 'cli/netvet.js'), ...argv, '--report', report);
  const [program = '', ...words] = command;
  const began = performance.now();
  const log = openSync(`${report}.log`, 'a');
  // a session of its own: Ctrl-C reaches it once, from here
  const child = spawn(program, words, { cwd: packageRoot, stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  const over = new AbortController();
  const exited = once(child, 'exit').finally(() => over.abort());
  const kill = (name: NodeJS.Signals) => over.signal.aborted || process.kill(-(child.pid as number), name);
  signal.addEventListener('abort', () => {
    kill('SIGINT');
    setTimeout(() => kill('SIGKILL'), patienceMs).unref();
  });
  await Promise.all([exited, during?.(child.pid as number, over.signal)]);
  signal.throwIfAborted();
  const wallMs = performance.now() - began;
  return { ...judged(report), wallMs, cpuMs: group?.cpuMs() ?? Number.NaN };
}

/** From run.json, or mutate.json, whose mutants are taken as scenarios. */
function judged(report: string): Pick<Ended, 'scenarios' | 'problems'> {
  if (existsSync(join(report, 'run.json'))) {
    return { problems: [], ...(readJson(report, 'run.json') as Pick<Ended, 'scenarios'>) };
  }
  if (!existsSync(join(report, 'mutate.json'))) {
    const last = readFileSync(`${report}.log`, 'utf8').trim().split('\n').at(-1);
    return { scenarios: [], problems: [`there is no report: ${last ?? ''}`] };
  }
  const { mutants, controls, wanted } = readJson(report, 'mutate.json') as Report;
  const problems = controls.flatMap((control) => control.problems);
  if (mutants.length < wanted) problems.push(`${wanted - mutants.length} mutants were not tried`);
  return { scenarios: mutants.map(({ name, fate, ...rest }) => ({ ...rest, id: name, status: fate })), problems };
}

/** Scenarios that ended otherwise, or are in one of both only: one sentence each. */
export const differences = (a: readonly Judged[], b: readonly Judged[]): string[] =>
  [...new Set([...a, ...b].map(({ id }) => id))].flatMap((id) => {
    const [was, is] = [a, b].map((all) => all.find((one) => one.id === id));
    const why = is?.reason ?? was?.reason;
    const words = `${id}: ${was?.status ?? 'not run'}, then ${is?.status ?? 'not run'}${why ? ` (${why})` : ''}`;
    return was?.status === is?.status ? [] : [words];
  });

/** "92 passed, 1 failed". */
export function countsOf(all: readonly Judged[]): string {
  const groups = Object.entries(Object.groupBy(all, ({ status }) => status));
  return groups.map(([status, some]) => `${some?.length} ${status}`).join(', ') || 'no scenario';
}

/** The mean, in seconds. */
export const seconds = (ms: number[]): string => (sum(ms) / ms.length / 1000).toFixed(1).replace('NaN', '-');
export const listed = (title: string, lines: Iterable<string>): string => [title, ...lines].join('\n- ');
