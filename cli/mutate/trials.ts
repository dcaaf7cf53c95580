import { join } from 'node:path';
import { seconds } from '../progress/text.ts';
import { exitCode } from '../usage.ts';
import { type Board, countsOf, wordsOf } from './board.ts';
import { type Control, controlOf } from './control.ts';
import type { Planned, PlannedControl } from './plan.ts';
import { inPool } from './pool.ts';
import { controlSentence } from './report.ts';
import { fateOf, type Result } from './result.ts';
import type { Promised } from './scenarios.ts';
import type { Finished, Trial } from './trial.ts';

export interface Trials {
  plan: readonly Planned[];
  controls: readonly PlannedControl[];
  scenarios: ReadonlyMap<string, Promised>;
  full: boolean;
  atOnce: number;
  /** Carries one out: on a cluster, or as a test wants it. */
  run: (trial: Trial) => Promise<Finished>;
  board: Board;
  stopped: () => boolean;
}

export interface Outcome {
  controls: Control[];
  results: Result[];
}

/** First the controls: where one fails, a kill would prove nothing, and no mutant is tried. Then mutants. */
export async function tryAll(trials: Trials): Promise<Outcome> {
  const controls: Control[] = [];
  for (const { trial, ...planned } of trials.controls) {
    if (trials.stopped()) return { controls, results: [] };
    trials.board.started(trial.name);
    const control = controlOf(planned, trials.full, await trials.run(trial));
    trials.board.control(trial.name, trials.stopped() ? 'interrupted' : controlSentence(control));
    if (!trials.stopped()) controls.push(control);
  }
  if (!holds(controls)) return { controls, results: [] };
  const results = await inPool(trials.plan, trials.atOnce, trials.stopped, (planned) => tryOne(planned, trials));
  return { controls, results };
}

async function tryOne({ name, fault, trial }: Planned, { run, board, scenarios, stopped }: Trials): Promise<Result> {
  board.started(name);
  const { run: ran, ending, durationMs } = await run(trial);
  const { fate, ...rest } = fateOf(ran, ending, scenarios);
  const result: Result = {
    name,
    fault: fault.fault,
    link: fault.link,
    // what breaks while everything is being ended says nothing of the mutant
    fate: fate === 'broken' && stopped() ? 'interrupted' : fate,
    ...rest,
    durationMs,
  };
  board.finished(result);
  return result;
}

const holds = (controls: readonly Control[]): boolean => controls.every(({ problems }) => problems.length === 0);

/** 130 cut short, 3 a control or a mutant proved nothing, 1 a mutant survived, 0 all were killed. */
export function codeOf({ controls, results }: Outcome, interrupted: boolean): number {
  if (interrupted) return exitCode.interrupted;
  if (!holds(controls) || results.some(({ fate }) => fate === 'broken' || fate === 'interrupted'))
    return exitCode.broken;
  return results.every(({ fate }) => fate === 'killed') && results.length > 0 ? exitCode.passed : exitCode.failed;
}

/** What is left to be said under the table: who survived, what broke, the counts, and where it all is. */
export function closingLines({ results }: Outcome, wanted: number, durationMs: number, directory: string): string[] {
  const remarkable = results.flatMap((result) => {
    const { name, fault, fate } = result;
    if (fate === 'survived') return [`✗ ${name} survived (${wordsOf(result)}): nothing noticed that ${fault}`];
    return fate === 'broken' ? [`! ${name} proves nothing: ${wordsOf(result)}`] : [];
  });
  return [
    ...remarkable,
    `${countsOf(results, wanted)}, in ${seconds(durationMs)}`,
    `  table  ${join(directory, 'mutate.md')}`,
  ];
}
