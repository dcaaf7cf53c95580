/** `npm run bench -- run`: what a run of netvet takes of the processors, by kind of process and phase. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { wholeNumber } from '../../cli/cluster-options.ts';
import { packageRoot } from '../../cli/paths.ts';
import { exitCode, UsageError } from '../../cli/usage.ts';
import { defaultTags, netvet, runArgv, untilStopped } from '../suite.ts';
import { accounted, whyNot } from './once.ts';
import { report, type Version } from './report.ts';

const help = `npm run bench -- run [--against COMMIT] [--tags EXPRESSION] [--times N]

Runs what "npm start" runs and prints the processor time of all its processes, by kind and by phase, exactly (perf counts every task).
With --against the same is done with a worktree of that commit, in turns, after a short run of each that is not counted.

  --against COMMIT    compare with this commit
  --tags EXPRESSION   other scenarios than those of "npm start"
  --times N           runs of each (default: 1); figures are means`;

const warmUp = '@pods and not @more';

/** Resolves with the exit code. */
export async function benchRun(argv: string[]): Promise<number> {
  const options = {
    against: { type: 'string' },
    tags: { type: 'string' },
    times: { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  const { values } = parseArgs({ args: argv, options });
  if (values.help) {
    console.log(help);
    return exitCode.passed;
  }
  const mistakes: string[] = [];
  const times = wholeNumber(values.times ?? '1', '--times', 1, 20, mistakes);
  const reason = whyNot();
  if (reason !== undefined) mistakes.push(reason);
  if (mistakes.length > 0) throw new UsageError(mistakes);

  const directory = join(packageRoot, '.netvet/bench', `run-${Date.now()}`);
  const tree = join(directory, 'against');
  const checkouts = [{ name: 'this', checkout: packageRoot }];
  if (values.against !== undefined) {
    addWorktree(values.against, tree);
    checkouts.unshift({ name: values.against, checkout: tree });
  }
  const versions: Version[] = checkouts.map(({ name }) => ({ name, runs: [] }));
  const runs = runArgv(values.tags ?? defaultTags());
  try {
    return await untilStopped(async (signal) => {
      for (const [place, { checkout }] of values.against === undefined ? [] : checkouts.entries())
        await netvet(runArgv(warmUp), { report: join(directory, `${place}-warm-up`), checkout, signal });
      for (let i = 1; i <= times; i += 1) {
        for (const [place, { name, checkout }] of checkouts.entries()) {
          console.error(`${name}, ${i} of ${times} ...`);
          versions[place]?.runs.push(await accounted(runs, join(directory, `${place}-${i}`), checkout, signal));
        }
      }
      console.log(report(versions));
      return exitCode.passed;
    });
  } finally {
    if (existsSync(tree)) execFileSync('git', ['worktree', 'remove', '--force', tree], { cwd: packageRoot });
  }
}

/** It uses this checkout's packages. */
function addWorktree(commit: string, tree: string): void {
  mkdirSync(join(tree, '..'), { recursive: true });
  try {
    execFileSync('git', ['worktree', 'add', '--detach', tree, commit], {
      cwd: packageRoot,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } catch (error) {
    throw new UsageError([`--against takes a commit: ${(error as { stderr: Buffer }).stderr.toString().trim()}`]);
  }
  symlinkSync(join(packageRoot, 'node_modules'), join(tree, 'node_modules'));
}
