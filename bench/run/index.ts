/** `npm run bench -- run`: what a run of netvet takes of the processors, by kind of process. */
import { execFileSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { wholeNumber } from '../../cli/cluster-options.ts';
import { packageRoot } from '../../cli/paths.ts';
import { exitCode, UsageError } from '../../cli/usage.ts';
import { countsOf, differences, type Ended, listed, netvet, runArgv, seconds } from '../suite.ts';
import { markdown, sum } from '../table.ts';
import { accounted, type Lines } from './account.ts';

const help = `npm run bench -- run [--against COMMIT] [--tags EXPRESSION] [--times N]

Runs what "npm start" runs, or other scenarios, once or N times, and prints the mean processor time of all its
processes, by kind. With --against the same is done with a worktree of that commit, in turns, after a short run of each
that is not counted. It needs root and perf (Debian: linux-perf).`;

/** Resolves with the exit code. */
export async function benchRun(argv: string[], signal: AbortSignal): Promise<number> {
  const text = { type: 'string' } as const;
  const options = { against: text, tags: text, times: text, help: { type: 'boolean' } } as const;
  const { values } = parseArgs({ args: argv, options });
  if (values.help) {
    console.log(help);
    return exitCode.passed;
  }
  const mistakes: string[] = [];
  const times = wholeNumber(values.times ?? '1', '--times', 1, 20, mistakes);
  if (mistakes.length > 0) throw new UsageError(mistakes);

  const directory = join(packageRoot, '.netvet/bench', `run-${Date.now()}`);
  const tree = join(directory, 'against');
  const versions: Version[] = [{ name: 'this', checkout: packageRoot, runs: [] }];
  if (values.against !== undefined) versions.unshift({ name: values.against, checkout: tree, runs: [] });
  try {
    if (values.against !== undefined) {
      git('add', '--detach', tree, values.against);
      symlinkSync(join(packageRoot, 'node_modules'), join(tree, 'node_modules'));
    }
    for (let i = values.against === undefined ? 1 : 0; i <= times; i += 1) {
      for (const [place, { name, checkout, runs }] of versions.entries()) {
        console.error(`${name}, ${i === 0 ? 'not counted' : `${i} of ${times}`} ...`);
        const how = { report: join(directory, `${place}-${i}`), checkout, signal };
        if (i === 0) await netvet(runArgv('@pods and not @more'), how);
        else runs.push(await accounted(runArgv(values.tags), how));
      }
    }
  } finally {
    if (existsSync(tree)) git('remove', '--force', tree);
  }
  console.log(report(versions));
  return exitCode.passed;
}

const git = (...words: string[]) => execFileSync('git', ['worktree', ...words], { cwd: packageRoot, stdio: 'pipe' });

type Run = Ended & { lines: Lines };
interface Version {
  name: string;
  checkout: string;
  runs: Run[];
}

/** What the table has of a run: kinds of processes, and what the kernel says of all together. */
function linesOf({ lines, cpuMs, wallMs }: Run): Lines {
  const seenMs = sum([...lines.values()].map((line) => line.cpuMs));
  const processes = sum([...lines.values()].map((line) => line.processes));
  return new Map([
    ['wall', { processes: 1, cpuMs: wallMs }],
    ['exact total', { processes, cpuMs }],
    ['not seen', { processes: 0, cpuMs: cpuMs - seenMs }],
    ...[...lines].toSorted(([, a], [, b]) => b.cpuMs - a.cpuMs),
  ]);
}

/** Means of the runs of each version, side by side; of two also the ratios, and scenarios that ended differently. */
export function report(versions: readonly Pick<Version, 'name' | 'runs'>[]): string {
  const [before, after] = versions;
  const tables = versions.map(({ runs }) => runs.map(linesOf));
  const kinds = new Set(tables.flat().flatMap((lines) => [...lines.keys()]));
  const rows = [...kinds].map((kind) => {
    const cells = tables.flatMap((runs) => {
      const all = runs.map((lines) => lines.get(kind) ?? { processes: 0, cpuMs: 0 });
      const processes = sum(all.map((line) => line.processes)) / all.length;
      return [processes.toFixed(0), seconds(all.map(({ cpuMs }) => cpuMs))];
    });
    const ratio = (Number(cells[3]) / Number(cells[1])).toFixed(2).replace(/NaN|Infinity/, '-');
    return [kind, ...cells, ...(after ? [ratio] : [])];
  });
  const head = versions.flatMap(({ name }) => [`processes, ${name}`, `CPU s, ${name}`]);
  const ended = versions.map(({ name, runs }) => {
    const [scenarios, problems] = [runs.flatMap((run) => run.scenarios), runs.flatMap((run) => run.problems)];
    return listed(`${name}: ${countsOf(scenarios)}`, problems);
  });
  const parts = [markdown(['kind', ...head, ...(after ? ['ratio'] : [])], rows, 1), ...ended];
  if (!before || !after) return parts.join('\n\n');
  const pairs = before.runs.flatMap((a) => after.runs.flatMap((b) => differences(a.scenarios, b.scenarios)));
  return [...parts, listed(pairs.length > 0 ? 'Verdicts differ:' : 'The same verdicts.', new Set(pairs))].join('\n\n');
}
