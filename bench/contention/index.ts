/** `npm run bench -- contention`: whether verdicts stay what they are on a busy, slow or halting machine. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { wholeNumber } from '../../cli/cluster-options.ts';
import { packageRoot } from '../../cli/paths.ts';
import { exitCode, UsageError } from '../../cli/usage.ts';
import { NoGroup } from '../group.ts';
import { agent, argvOf, treeOf } from '../processes.ts';
import { countsOf, differences, type Ended, type How, listed, netvet, runArgv, seconds } from '../suite.ts';
import { markdown, sum } from '../table.ts';

/** Alone, beside so many loops, or with so many processors. */
const conditions = ['alone', 'loops-2', 'loops-8', 'quota-1', 'quota-0.6', 'quota-0.3'];

/** One of each kind of fault. */
const mutants = [
  ...['attachment-route-lost', 'fabric-tunnel-to-wrong-node', 'service-one-endpoint', 'service-endpoint-updates-lost'],
  ...['service-no-reject', 'masquerade-between-pods', 'policy-except-ignored', 'policy-late', 'policy-never-removed'],
  'apply-policies-one-change-late',
];

const help = `npm run bench -- contention [--times N] [--only NAMES]
                            [--tags EXPRESSION | --mutants | --stops [--count N]]

Runs what "npm start" runs, or other scenarios, three times each: ${conditions.join(', ')} (with root).
--mutants: ${mutants.length} faults of the reference CNI instead, once; each has to be killed.
--stops: a run undisturbed, one with everything stopped for 3 s at 20 random moments, one with an agent.
Exit code 1: failed, flaky, a verdict changed, a mutant survived; 3: broken.`;

/** Resolves with the exit code. */
export async function benchContention(argv: string[], signal: AbortSignal): Promise<number> {
  const [text, flag] = [{ type: 'string' }, { type: 'boolean' }] as const;
  const words = { times: text, only: text, tags: text, count: text } as const;
  const { values } = parseArgs({ args: argv, options: { ...words, mutants: flag, stops: flag, help: flag } });
  if (values.help) {
    console.log(help);
    return exitCode.passed;
  }
  const mistakes: string[] = [];
  const times = wholeNumber(values.times ?? (values.mutants ? '1' : '3'), '--times', 1, 20, mistakes);
  const count = wholeNumber(values.count ?? '20', '--count', 1, 100, mistakes);
  const names = values.only?.split(',') ?? conditions;
  const unknown = names.filter((name) => !/^(alone|loops-\d+|quota-\d+(\.\d+)?)$/.test(name));
  mistakes.push(...unknown.map((name) => `--only takes names of conditions, and "${name}" is none (see --help)`));
  if (mistakes.length > 0) throw new UsageError(mistakes);

  const directory = join(packageRoot, '.netvet/bench', `contention-${Date.now()}`);
  console.error(`reports and logs: ${directory}`);
  const what = values.mutants ? ['mutate', ...mutants, '--parallel', '1'] : runArgv(values.tags);
  const run = async (name: string, how: Partial<How> = {}): Promise<Ended> => {
    const ended = await netvet(what, { ...how, report: join(directory, name), signal });
    console.error(`${name}: ${countsOf(ended.scenarios)}, after ${seconds([ended.wallMs])} s`);
    return ended;
  };
  if (values.stops) return stops(run, count);

  const rows = new Map<string, Ended[]>();
  for (const condition of names) {
    const [kind, number] = condition.split('-');
    using _ = busy(kind === 'loops' ? Number(number) : 0);
    const quota = kind === 'quota' ? Number(number) : undefined;
    const runs: Ended[] = [];
    try {
      for (let i = 1; i <= times; i += 1) runs.push(await run(`${condition}-${i}`, { quota }));
      rows.set(condition, runs);
    } catch (error) {
      if (!(error instanceof NoGroup)) throw error;
      console.log(`${condition}: skipped: ${error.message}`);
    }
  }
  const good = values.mutants ? ['killed', 'survived'] : ['passed', 'failed', 'observed', 'skipped'];
  console.log(table([...good, 'broken', 'flaky'], rows));
  const ended = [...rows.values()].flatMap(statusesOf);
  if (ended.some((status) => /failed|flaky|survived/.test(status))) return exitCode.failed;
  const broke = [...rows.values()].flat().some(({ problems }) => problems.length > 0);
  return broke || ended.includes('broken') ? exitCode.broken : exitCode.passed;
}

/** So many loops beside what runs, `detached` each in a session of its own. One ends with whoever started it. */
export function busy(loops: number, detached = false): Disposable {
  const loop = ['-e', 'const parent = process.ppid; while (process.ppid === parent);'];
  const children = Array.from({ length: loops }, () => spawn(process.execPath, loop, { stdio: 'ignore', detached }));
  return { [Symbol.dispose]: () => children.forEach((child) => child.kill('SIGKILL')) };
}

async function stops(run: (name: string, how?: Partial<How>) => Promise<Ended>, count: number): Promise<number> {
  const calm = await run('undisturbed');
  let changed = calm.problems.length > 0;
  for (const whom of ['everything', 'one agent'] as const) {
    const moments = Array.from({ length: count }, () => Math.random() * calm.wallMs).toSorted((a, b) => a - b);
    let stopped = 0;
    const { scenarios, problems, wallMs } = await run(whom.replace(' ', '-'), {
      during: async (pid, over) => void (stopped = await disturb(pid, whom, moments, over)),
    });
    const all = [...differences(calm.scenarios, scenarios), ...problems];
    changed ||= all.length > 0;
    const when = `${whom} stopped for 3 s at ${stopped} of ${count} moments, wall ${seconds([wallMs])} s`;
    console.log(listed(`${when}: ${all.length === 0 ? 'no verdict' : all.length} changed`, all));
  }
  return changed ? exitCode.failed : exitCode.passed;
}

/** The status of each scenario over several runs: flaky where they differ; one that a run lacks was not run there. */
function statusesOf(runs: readonly Pick<Ended, 'scenarios'>[]): string[] {
  const maps = runs.map(({ scenarios }) => new Map(scenarios.map(({ id, status }) => [id, status])));
  return [...new Set(maps.flatMap((map) => [...map.keys()]))].map((id) => {
    const [first = '', ...others] = new Set(maps.map((map) => map.get(id) ?? 'not run'));
    return others.length > 0 ? 'flaky' : first;
  });
}

/** A line for each condition, and below the reasons of all that did not end well. */
export function table(statuses: readonly string[], rows: ReadonlyMap<string, readonly Ended[]>): string {
  const head = ['condition', ...statuses, 'void looks', 'wall s', 'CPU s'];
  const lines = Array.from(rows, ([condition, runs]) => {
    const ended = statusesOf(runs);
    const looks = runs.flatMap(({ scenarios }) => scenarios.flatMap((one) => one.looks?.void ?? []));
    const times = (['wallMs', 'cpuMs'] as const).map((key) => seconds(runs.map((run) => run[key])));
    const counts = statuses.map((status) => String(ended.filter((one) => one === status).length));
    return [condition, ...counts, looks.length > 0 ? String(sum(looks)) : '-', ...times];
  });
  const below = Array.from(rows, ([condition, runs]) => {
    const bad = runs.flatMap(({ scenarios }) =>
      scenarios.filter(({ status }) => /failed|broken|survived/.test(status)),
    );
    const reasons = bad.map(({ id, status, reason = '' }) => `${status}: ${id}: ${reason}`);
    return listed(`${condition}:`, [...runs.flatMap(({ problems }) => problems), ...reasons]);
  });
  return [markdown(head, lines, 1), ...below.filter((text) => text.includes('\n'))].join('\n\n');
}

const stoppedMs = 3_000;
const lookMs = 20;

const signal = (name: string, pids: Iterable<number>) =>
  spawnSync('sh', ['-c', 'kill -s "$@"', 'sh', name, ...Array.from(pids, String)]);

/** Stops all processes below `pid`, those too that were started while the others were being stopped. */
function stopTree(pid: number): Set<number> {
  const stopped = new Set<number>();
  for (let fresh = treeOf(pid); fresh.length > 0; fresh = treeOf(pid).filter((one) => !stopped.has(one))) {
    signal('STOP', fresh);
    for (const one of fresh) stopped.add(one);
  }
  return stopped;
}

/** Stops whom it is about for 3 s at each moment of the time that it runs. Resolves with how often, when it is over. */
export async function disturb(
  pid: number,
  whom: 'everything' | 'one agent',
  moments: readonly number[],
  over: AbortSignal,
): Promise<number> {
  const wait = (ms: number) => delay(ms, undefined, { signal: over }).catch(() => {});
  for (const [done, moment] of moments.entries()) {
    await wait(moment - (moments[done - 1] ?? 0));
    for (let stopped = new Set<number>(); stopped.size === 0; ) {
      if (over.aborted) return done;
      const all = whom === 'everything' ? [pid] : treeOf(pid).filter((one) => agent.test(argvOf(one)));
      const one = all[Math.floor(Math.random() * all.length)];
      // before the first Pod there is no agent
      if (one !== undefined) stopped = stopTree(one);
      await wait(one === undefined ? lookMs : stoppedMs);
      signal('CONT', stopped);
    }
  }
  return moments.length;
}
