import { existsSync, readdirSync, statSync } from 'node:fs';
import { Command } from 'commander';
import type { Fault } from '../../reference/mutants/index.ts';
import { wholeNumber } from '../cluster-options.ts';
import {
  bugOf,
  carryOut,
  chosenOf,
  closingLines,
  codeOf,
  controlsOf,
  createBoard,
  type Ground,
  grounds,
  planOf,
  readScenarios,
  reportOf,
  tryAll,
  writeReport,
} from '../mutate/index.ts';
import { version } from '../paths.ts';
import { commandLine, newRunId, reportDirectory } from '../reports.ts';
import { stopSignal } from '../stop.ts';
import { findTool } from '../tools.ts';
import { UsageError } from '../usage.ts';

interface MutateFlags {
  list?: boolean;
  full?: boolean;
  cluster: string;
  parallel?: string;
  report?: string;
  json?: boolean;
}

/** `netvet mutate`: proves that the scenarios notice what real networks got wrong. */
export function mutateCommand(): Command {
  return new Command('mutate')
    .description('gives the reference CNI one fault at a time, and shows which scenario notices it')
    .argument('[mutant...]', 'which faults (default: all; --list shows them)')
    .option('--list', 'list the mutants, what each gets wrong, and the real bug behind it')
    .option('--full', 'judge each mutant by all scenarios, not only by those that should notice it: minutes for each')
    .option('--cluster <embedded|kind>', 'where each mutant is tried; on kind each takes a minute more', 'embedded')
    .option('--parallel <1..8>', 'mutants at once, each on a cluster of its own (default: 3, on kind 1)')
    .option('--report <directory>', 'where the table and the run of each mutant go (default: .netvet/mutate/<id>)')
    .option('--json', 'print the table as JSON as the last line on stdout')
    .addHelpText(
      'after',
      `
Examples:
  netvet mutate                                            every mutant, ended by the first scenario that notices it
  netvet mutate policy-except-ignored service-no-hairpin   two of them
  netvet mutate --full policy-none                         everything that notices one fault
  netvet mutate --cluster kind policy-none                 one of them on real kubelets
  netvet mutate --list                                     what there is, with the real bugs

First the same scenarios run without a fault, and all have to pass: else a kill would prove nothing. A mutant is killed
only by a scenario that fails. Exit codes: 0 all were killed; 1 one survived, a hole in the suite; 2 wrong usage;
3 something broke; 130 interrupted.`,
    )
    .action(async (names: string[], flags: MutateFlags) => {
      const mistakes: string[] = [];
      const chosen = chosenOf(names, mistakes);
      const ground = grounds.find((one) => one === flags.cluster);
      if (ground === undefined) mistakes.push(`--cluster takes ${grounds.join(' or ')}, not "${flags.cluster}"`);
      const atOnce = wholeNumber(flags.parallel ?? (ground === 'kind' ? '1' : '3'), '--parallel', 1, 8, mistakes);
      const id = newRunId(new Date());
      const directory = reportDirectory(flags.report, '.netvet/mutate', id, mistakes);
      // an old run.json would be taken for the result of a trial that broke before it wrote its own
      if (existsSync(directory) && statSync(directory).isDirectory() && readdirSync(directory).length > 0)
        mistakes.push(`--report takes a new or an empty directory, and ${directory} has files in it`);
      if (mistakes.length > 0 || ground === undefined) throw new UsageError(mistakes);
      if (flags.list) list(chosen, flags.json === true);
      else process.exitCode = await mutate(chosen, { ...flags, ground, atOnce, id, directory });
    });
}

function list(chosen: [string, Fault][], json: boolean): void {
  if (json) {
    console.log(JSON.stringify(chosen.map(([name, { fault, link, seenBy }]) => ({ name, fault, link, seenBy }))));
    return;
  }
  for (const [name, { fault, link }] of chosen) console.log(`${name}\n    ${fault}\n    ${bugOf(link)}  ${link}`);
  console.log(`${chosen.length} mutants`);
}

type Choice = MutateFlags & { ground: Ground; atOnce: number; id: string; directory: string };

async function mutate(chosen: [string, Fault][], choice: Choice): Promise<number> {
  const { full = false, json, ground, atOnce, id, directory } = choice;
  const began = new Date();
  const stop = new AbortController();
  void stopSignal().then(() => stop.abort());
  const scenarios = await readScenarios();
  const k6 = full ? await findTool('k6') : { path: '' };
  const unavailable: Record<string, string> = 'missing' in k6 ? { k6: k6.missing } : {};
  const plan = planOf(chosen, scenarios, full, unavailable);
  const board = createBoard({ stream: process.stderr, names: plan.map(({ name }) => name), atOnce });
  const outcome = await tryAll({
    plan,
    controls: controlsOf(plan, scenarios, full, unavailable),
    scenarios,
    full,
    atOnce,
    run: (trial) => carryOut(trial, directory, ground),
    board,
    stopped: () => stop.signal.aborted,
  });
  board.end();
  const report = reportOf({
    id,
    startedAt: began.toISOString(),
    durationMs: Date.now() - began.getTime(),
    command: commandLine(),
    netvet: version,
    wanted: plan.length,
    ...(stop.signal.aborted && { interrupted: true }),
    controls: outcome.controls,
    mutants: outcome.results,
  });
  await writeReport(report, directory);
  for (const line of closingLines(outcome, plan.length, report.durationMs, directory)) console.error(line);
  if (json) console.log(JSON.stringify(report));
  return codeOf(outcome, stop.signal.aborted);
}
