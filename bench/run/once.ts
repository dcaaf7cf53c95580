import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { argvOf, ids, treeOf } from '../processes.ts';
import { type Ended, netvet } from '../suite.ts';
import { account, type Border, type Line, phases } from './account.ts';
import { readTasks } from './records.ts';
import { commandLines, nowNs, processorTimes } from './watch.ts';

/** One run, accounted for. */
export interface Accounted extends Ended {
  lines: Line[];
  /** Milliseconds of each phase. */
  phasesMs: number[];
}

/**
 * Counts the time that each task is on a processor, in nanoseconds, also where it lives for a millisecond. It takes no samples. The second
 * event, which is not inherited, keeps the kernel from swapping the counters of tasks: else one task or other would be told nothing of.
 */
const perf = (file: string, ...rest: string[]) => [
  ...['record', '-q', '-s', '-k', 'CLOCK_MONOTONIC', '-e', 'task-clock', '-e', 'cpu-clock/no-inherit/'],
  ...['-c', String(1e15), '-o', file, ...rest],
];

/** Why processes cannot be accounted for here; undefined: they can. */
export function whyNot(): string | undefined {
  const { error, status, stderr } = spawnSync('perf', perf('/dev/null', 'true'), { encoding: 'utf8' });
  if (error) return 'perf is missing, which accounts for processes (Debian: apt-get install linux-perf)';
  return status === 0 ? undefined : `perf cannot account for processes here: ${stderr.trim().split('\n', 3).join(' ')}`;
}

/**
 * Has the first process of the new namespaces, and all that it starts, counted. Not from further above: the kernel takes counters away where
 * a program gains rights, as a mapped root does. It is stopped meanwhile, and has started nothing of account yet.
 */
async function attach(run: number, file: string, over: AbortSignal): Promise<ChildProcess> {
  let first: number | undefined;
  for (; first === undefined; await delay(5)) {
    over.throwIfAborted();
    first = treeOf(run).find((pid) => /^sh \S+\/enter\.sh /.test(argvOf(pid)));
  }
  process.kill(first, 'SIGSTOP');
  try {
    const argv = perf(file, '-D', '-1', '--control', 'fd:3,4', '-p', String(first));
    const child = spawn('perf', argv, { stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe'], detached: true });
    (child.stdio[3] as Writable).write('enable\n');
    await Promise.race([once(child.stdio[4] as Readable, 'data'), once(child, 'exit')]);
    return child;
  } finally {
    process.kill(first, 'SIGCONT');
  }
}

/** Resolves once there is the file, which netvet writes between the last scenario and taking the cluster down. */
function written(directory: string, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(directory, { signal }, () => {
      if (existsSync(join(directory, name))) watcher.close();
    });
    watcher.on('close', resolve);
  });
}

/** Runs the command with each of its processes accounted for. */
export async function accounted(
  argv: string[],
  report: string,
  checkout: string,
  signal: AbortSignal,
): Promise<Accounted> {
  mkdirSync(report, { recursive: true });
  const file = join(report, 'perf.data');
  const borders: Border[] = [];
  const border = () => borders.push({ atNs: nowNs(), times: processorTimes() });
  const over = new AbortController();
  const lines = commandLines(over.signal);
  let beganNs = 0;
  let above: number[] = [];
  const ended = await netvet(argv, {
    report,
    checkout,
    signal,
    async during(child) {
      beganNs = nowNs();
      child.on('exit', () => over.abort());
      createInterface({ input: child.stderr as Readable }).on('line', (line) => {
        if (borders.length === 0 && line.startsWith('Ready ')) border();
      });
      const counting = await attach(child.pid, file, over.signal);
      above = treeOf(child.pid).flatMap((pid) => ids(`/proc/${pid}/task`));
      const counted = once(counting, 'exit');
      await written(report, 'run.json', over.signal);
      if (!over.signal.aborted) border();
      await counted;
    },
  }).finally(() => over.abort());
  // one that broke ended in an earlier phase
  while (borders.length < phases.length - 1) border();
  const phaseNs = [beganNs, ...borders.map(({ atNs }) => atNs), beganNs + ended.wallMs * 1e6];
  const tasks = readTasks(readFileSync(file));
  rmSync(file);
  const told = new Set(tasks.flatMap(({ tid, cpuNs }) => (cpuNs === undefined ? [] : [tid])));
  return {
    ...ended,
    lines: account(
      tasks,
      above.filter((tid) => !told.has(tid)),
      await lines,
      borders,
    ),
    phasesMs: phaseNs.slice(1).map((ns, i) => (ns - (phaseNs[i] as number)) / 1e6),
  };
}
