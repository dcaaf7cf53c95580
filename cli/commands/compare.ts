import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { closingComparison, compareRuns, type Entry, outcome, writeComparison } from '../../report/index.ts';
import { checkCni, nothingToTest, wholeNumber } from '../cluster-options.ts';
import { runChild } from '../compare/children.ts';
import { type Subject, subjectsOf } from '../compare/subjects.ts';
import { version } from '../paths.ts';
import { commandLine, newRunId, reportDirectory } from '../reports.ts';
import { exitCode, UsageError } from '../usage.ts';

interface CompareFlags {
  report?: string;
  repeat: string;
  json?: boolean;
  [passedOn: string]: string | boolean | undefined;
}

/** Flags of `netvet run` that are handed to it as they are, and checked by it. */
const passedOn = ['cluster', 'nodes', 'tags', 'parallel', 'kubernetes', 'profile'] as const;

/** More would not fit on any screen. */
const most = 12;

/** `netvet compare`: stored runs and fresh ones side by side. */
export function compareCommand(): Command {
  const command = new Command('compare')
    .description('sets runs side by side: stored ones, or a fresh one for each CNI named')
    .argument('<run or cni...>', 'report directories, run.json files, names of CNIs, in the order of the columns')
    .option('--report <directory>', 'where the comparison and its runs go (default: .netvet/compare/<id>)')
    .option('--repeat <1..9>', 'how often each CNI named is run: several runs show how much figures vary', '1')
    .option('--json', 'print the result of each column as the last line on stdout')
    .addHelpText(
      'after',
      `
Examples:
  netvet compare .netvet/runs/20261123-140000 .netvet/runs/20261123-141500   two stored runs
  netvet compare reference ptp --tags "not @load"    a fresh cluster for each, one after the other
  netvet compare reference ptp --repeat 3            three runs each: figures get a spread
  netvet compare stored/cilium reference             a stored run and a fresh one

Runs of one CNI version on the same kind of cluster make one column. Exit codes: 0 everything ran, whatever the result;
2 wrong usage; 3 a run broke; 130 interrupted.`,
    )
    .action(async (given: string[], flags: CompareFlags) => {
      process.exitCode = await compare(given, flags);
    });
  for (const flag of passedOn) command.option(`--${flag} <value>`, 'passed to netvet run');
  return command;
}

async function compare(given: string[], flags: CompareFlags): Promise<number> {
  const now = new Date();
  const id = newRunId(now);
  const mistakes: string[] = [];
  const directory = reportDirectory(flags.report, '.netvet/compare', id, mistakes);
  const subjects = await subjectsOf(given, directory, mistakes);
  check(subjects, directory, flags, mistakes);
  for (const subject of subjects) {
    if (!('cni' in subject)) continue;
    await checkCni(subject.cni, flags['cluster'] === 'kind' ? 'kind' : 'embedded', mistakes);
    if (subject.cni === 'none') mistakes.push(nothingToTest);
  }
  if (mistakes.length > 0) throw new UsageError(mistakes);

  const { entries, interrupted } = await runAll(subjects, directory, flags);
  const comparison = compareRuns(entries, {
    id,
    createdAt: now.toISOString(),
    netvet: version,
    command: commandLine(),
  });
  await writeComparison(comparison, directory);
  console.error(closingComparison(comparison, directory));
  if (flags.json) {
    const summary = comparison.columns.map(({ label, outcome, summary }) => ({ label, outcome, summary }));
    console.log(JSON.stringify(summary));
  }
  if (interrupted) return exitCode.interrupted;
  return entries.some(isBroken) ? exitCode.broken : exitCode.passed;
}

const isBroken = (entry: Entry): boolean => !('run' in entry) || outcome(entry.run) === 'broken';

function check(subjects: readonly Subject[], directory: string, flags: CompareFlags, mistakes: string[]): void {
  const cnis = subjects.flatMap((subject) => ('cni' in subject ? [subject.cni] : []));
  const repeat = wholeNumber(flags.repeat, '--repeat', 1, 9, mistakes);
  const idle = passedOn.filter((name) => flags[name] !== undefined);
  if (cnis.length === 0 && idle.length > 0)
    mistakes.push(`${idle.map((name) => `--${name}`).join(', ')}: nothing is run when only stored runs are compared`);
  if (subjects.length > most) mistakes.push(`${subjects.length} runs are too many for one page: give ${most} or fewer`);
  if (new Set(cnis).size < cnis.length) mistakes.push('a CNI is named twice: --repeat runs each several times');
  // an old run.json there would be taken for the result of a run that broke before it wrote its own
  const taken = existsSync(directory) && statSync(directory).isDirectory() ? readdirSync(directory) : [];
  const used = runsOf(cnis, Math.min(9, repeat || 1))
    .map(({ name }) => name)
    .filter((name) => taken.includes(name));
  if (used.length > 0) mistakes.push(`${directory} has runs in it already (${used.join(', ')}): give another --report`);
}

/** Runs with their directories: ptp, or ptp-1, ptp-2 ... In rounds, so that a slow hour is everybody's. */
const runsOf = (cnis: readonly string[], repeat: number): { cni: string; name: string }[] =>
  Array.from({ length: repeat }, (_, i) =>
    cnis.map((cni) => ({ cni, name: repeat === 1 ? cni : `${cni}-${i + 1}` })),
  ).flat();

/** One run after the other, so that none disturbs another. An interrupt ends the one that runs, and starts no more. */
async function runAll(
  subjects: readonly Subject[],
  directory: string,
  flags: CompareFlags,
): Promise<{ entries: Entry[]; interrupted: boolean }> {
  const passed = passedOn.flatMap((name) => (typeof flags[name] === 'string' ? [`--${name}`, flags[name]] : []));
  const fresh = subjects.flatMap((subject) => ('cni' in subject ? [subject.cni] : []));
  const results = new Map<string, Entry[]>(fresh.map((cni) => [cni, []]));
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  const plan = runsOf(fresh, Number(flags.repeat));
  for (const [i, { cni, name }] of plan.entries()) {
    if (stop.signal.aborted) {
      results.get(cni)?.push({ cni, source: join(directory, name), broken: 'interrupted before it began' });
      continue;
    }
    console.error(`\n${i + 1}/${plan.length} ${name}`);
    const child = await runChild(cni, join(directory, name), passed, directory);
    if (child.usage) throw new UsageError(['nothing was compared: netvet run did not take its flags (above)']);
    if (child.interrupted) stop.abort();
    results.get(cni)?.push(child.entry);
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, onSignal);
  const entries = subjects.flatMap((subject) =>
    'cni' in subject ? (results.get(subject.cni) ?? []) : [subject.stored],
  );
  return { entries, interrupted: stop.signal.aborted };
}
