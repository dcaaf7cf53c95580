/** `npm run bench -- contention`: whether verdicts stay what they are on a machine that is busy, slow, or stands still. */
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { wholeNumber } from '../../cli/cluster-options.ts';
import { packageRoot } from '../../cli/paths.ts';
import { exitCode, UsageError } from '../../cli/usage.ts';
import { countsOf, defaultTags, differences, type Ended, type How, netvet, runArgv, untilStopped } from '../suite.ts';
import { type Condition, conditions, stand } from './conditions.ts';
import { fatesOf, mutantTable, type Row, statusesOf, suiteTable } from './report.ts';
import { disturb, moments, random, type Whom } from './stops.ts';

/** One of each kind of fault. */
const mutants = [
  'attachment-route-lost',
  'fabric-tunnel-to-wrong-node',
  'service-one-endpoint',
  'service-endpoint-updates-lost',
  'service-no-reject',
  'masquerade-between-pods',
  'policy-except-ignored',
  'policy-late',
  'policy-never-removed',
  'apply-policies-one-change-late',
];

const help = `npm run bench -- contention [--times N] [--only NAMES] [--tags EXPRESSION]
npm run bench -- contention --mutants [--only NAMES]
npm run bench -- contention --stops [--seed N] [--count N] [--tags EXPRESSION]

Runs what "npm start" runs beside busy loops and under quotas of processor time (100 ms periods), and prints scenarios by status. Quotas
need root. It says 1 when a scenario failed or was flaky, a verdict changed or a mutant survived, 3 when something was broken.

  --times N           runs under each condition (default: 3)
  --only NAMES        conditions, of ${conditions.map(({ name }) => name).join(', ')}
  --tags EXPRESSION   other scenarios than those of "npm start"
  --mutants           ${mutants.length} faults of the reference CNI in place of the suite, once under each condition: each has to be killed
  --stops             a run undisturbed, one in which everything is stopped for 3 s at random moments, and one in which an agent is
  --seed N            of these moments (default: another one each time; it is printed)
  --count N           of these moments (default: 20)`;

/** Resolves with the exit code. */
export async function benchContention(argv: string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    times: text,
    only: text,
    tags: text,
    seed: text,
    count: text,
    mutants: flag,
    stops: flag,
    help: flag,
  };
  const { values } = parseArgs({ args: argv, options });
  if (values.help) {
    console.log(help);
    return exitCode.passed;
  }
  const mistakes: string[] = [];
  const times = wholeNumber(values.times ?? '3', '--times', 1, 20, mistakes);
  const seed = wholeNumber(values.seed ?? String(Date.now() % 1_000_000), '--seed', 0, 2 ** 32 - 1, mistakes);
  const count = wholeNumber(values.count ?? '20', '--count', 1, 100, mistakes);
  const names = values.only?.split(',');
  for (const name of names ?? [])
    if (!conditions.some((one) => one.name === name))
      mistakes.push(`--only takes names of conditions, and "${name}" is none (see --help)`);
  if (mistakes.length > 0) throw new UsageError(mistakes);

  const chosen = conditions.filter(({ name }) => names?.includes(name) ?? true);
  const directory = join(packageRoot, '.netvet/bench', `contention-${Date.now()}`);
  const tags = values.tags ?? defaultTags();
  console.error(`reports and logs: ${directory}`);
  return untilStopped(async (signal) => {
    if (values.stops) return stops({ tags, seed, count, directory, signal });
    if (values.mutants) return mutate({ chosen, directory, signal });
    return suite({ chosen, times, tags, directory, signal });
  });
}

interface Part {
  directory: string;
  signal: AbortSignal;
}

async function under(condition: Condition, times: number, argv: string[], { directory, signal }: Part): Promise<Row> {
  using standing = stand(condition);
  const row: Row = { condition: condition.name, runs: [] };
  if (standing.skipped) return { ...row, skipped: standing.skipped };
  for (let i = 1; i <= times; i += 1)
    row.runs.push(
      await told(argv, { before: standing.before, report: join(directory, `${condition.name}-${i}`), signal }),
    );
  return row;
}

async function told(argv: string[], how: How): Promise<Ended> {
  const ended = await netvet(argv, how);
  const what = ended.scenarios ? countsOf(ended.scenarios.map(({ status }) => status)) : 'ended';
  console.error(`${how.report.split('/').at(-1)}: ${what}, after ${(ended.wallMs / 1000).toFixed(1)} s`);
  return ended;
}

async function suite({
  chosen,
  times,
  tags,
  ...part
}: Part & { chosen: Condition[]; times: number; tags: string }): Promise<number> {
  const rows: Row[] = [];
  for (const condition of chosen) rows.push(await under(condition, times, runArgv(tags), part));
  console.log(suiteTable(rows));
  const statuses = rows.flatMap(({ runs }) => [...statusesOf(runs).values()]);
  if (statuses.some((status) => status === 'failed' || status === 'flaky')) return exitCode.failed;
  const broke = rows.some(({ runs }) =>
    runs.some(({ scenarios, problems }) => scenarios === undefined || problems.length > 0),
  );
  return broke || statuses.includes('broken') ? exitCode.broken : exitCode.passed;
}

async function mutate({ chosen, ...part }: Part & { chosen: Condition[] }): Promise<number> {
  const rows = [];
  for (const condition of chosen) {
    const row = await under(condition, 1, ['mutate', ...mutants, '--parallel', '1'], part);
    rows.push({ ...row, fates: row.runs.flatMap((run) => fatesOf(mutants, run)) });
  }
  console.log(mutantTable(rows));
  const fates = rows.flatMap((row) => row.fates.map(({ fate }) => fate));
  if (fates.includes('survived')) return exitCode.failed;
  return fates.every((fate) => fate === 'killed') ? exitCode.passed : exitCode.broken;
}

async function stops({
  tags,
  seed,
  count,
  directory,
  signal,
}: Part & { tags: string; seed: number; count: number }): Promise<number> {
  const argv = runArgv(tags);
  const calm = await told(argv, { report: join(directory, 'undisturbed'), signal });
  let changed = false;
  for (const whom of ['everything', 'one agent'] satisfies Whom[]) {
    const next = random(seed);
    const at = moments(count, calm.wallMs, next);
    let stopped = 0;
    const run = await told(argv, {
      report: join(directory, whom.replace(' ', '-')),
      signal,
      async during(child, log) {
        const over = new AbortController();
        void once(child, 'exit').then(() => over.abort());
        stopped = await disturb(child.pid, whom, at, next, over.signal, log);
      },
    });
    const all = [...differences(calm.scenarios ?? [], run.scenarios ?? []), ...run.problems];
    changed ||= all.length > 0;
    const verdict =
      all.length === 0 ? 'no verdict changed' : `${all.length} changed:\n${all.map((one) => `- ${one}`).join('\n')}`;
    console.log(
      `${whom} stopped for 3 s at ${stopped} of ${count} moments (--seed ${seed}), wall ${(run.wallMs / 1000).toFixed(1)} s: ${verdict}`,
    );
  }
  return changed ? exitCode.failed : exitCode.passed;
}
