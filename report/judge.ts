import type { Evidence } from './attachments.ts';
import { sumOf } from './looks.ts';
import type { Cell, Level, Load, Measurement, Scenario, Status, Step } from './model.ts';
import type { ScenarioName } from './names.ts';
import { satisfied, statuses } from './outcome.ts';
import { oneLine } from './safe.ts';
import { firstSentence, judgeStep, type PlannedStep } from './steps.ts';

/** Evidence and log lines, with the index of the step or hook they came with. */
export interface Exhibit {
  step: number;
  evidence?: Evidence | undefined;
  note?: string | undefined;
}

export interface Judged {
  scenario: Scenario;
  loads: Load[];
}

/** Judges one attempt. Passed needs every step passed, at least one step, and no evidence that says otherwise. */
export function judgeAttempt(
  name: ScenarioName,
  attempt: { steps: PlannedStep[]; exhibits: Exhibit[]; durationMs: number },
): Judged {
  const steps = attempt.steps.map(judgeStep);
  const of = <K extends Evidence['kind']>(kind: K) =>
    attempt.exhibits.flatMap(({ step, evidence }) =>
      evidence?.kind === kind ? [{ step, value: evidence.value as Extract<Evidence, { kind: K }>['value'] }] : [],
    );
  const cells = of('cells').flatMap(({ step, value }) => value.map((cell): Cell => ({ ...cell, step })));
  const declared = of('outcome');
  for (const { step, note } of attempt.exhibits) if (note !== undefined) addNote(steps[step], note);
  for (const { step, value } of declared) if (value.status === 'broken') breakStep(steps, step, value.reason);
  for (const cell of cells)
    if (cell.verdict === 'broken') breakStep(steps, cell.step, `the probe from ${pair(cell)} broke`);
  const reasons = (status: Status) =>
    declared.filter(({ value }) => value.status === status).map(({ value }) => value.reason);
  const observed = reasons('observed').join('; ') || undefined;
  const [status, reason] = decide(name.level, steps, cells, reasons('skipped')[0], observed);
  return {
    scenario: {
      ...name,
      status,
      ...(reason !== undefined && { reason: oneLine(reason) }),
      durationMs: attempt.durationMs,
      measurements: of('measurement').flatMap(({ value }): Measurement[] => value),
      ...(cells.length > 0 && { cells }),
      ...(of('looks').length > 0 && { looks: sumOf(of('looks').map(({ value }) => value)) }),
      steps,
    },
    loads: of('load').map(({ value }) => ({ ...value, scenario: name.id })),
  };
}

function addNote(step: Step | undefined, note: string): void {
  if (step) step.notes = [...(step.notes ?? []), note];
}

/** Evidence that something broke outranks what cucumber made of the step it came with. */
function breakStep(steps: Step[], index: number | undefined, reason: string): void {
  const step = steps[index ?? -1] ?? steps.at(-1);
  if (step === undefined || step.status === 'broken') return;
  step.status = 'broken';
  step.error = step.error ? `${reason}\n${step.error}` : reason;
}

function decide(level: Level, steps: Step[], cells: Cell[], skipped?: string, observed?: string): [Status, string?] {
  // the first bad result decides: what breaks after a verdict was reached (a clean-up, say) does not take it back
  const bad = steps.find(({ status }) => status === 'failed' || status === 'broken');
  if (bad) {
    const sentence = firstSentence(bad.error ?? '');
    if (bad.status === 'broken') return ['broken', bad.hook ? `${bad.text}: ${sentence}` : sentence];
    return [level === 'observed' ? 'observed' : 'failed', sentence];
  }
  if (skipped !== undefined) return ['skipped', skipped];
  const skip = steps.find(({ status }) => status === 'skipped');
  if (skip) return ['skipped', `"${skip.text}" was skipped and does not say why`];
  if (!steps.some(({ hook }) => !hook)) return ['broken', 'it has no steps, so it checks nothing'];
  if (level === 'observed' || observed !== undefined) return ['observed', observed];
  // a scenario may probe while a change is under way, so only the last word on each pair counts
  const last = new Map(cells.map((cell) => [pair(cell), cell]));
  const wrong = [...last.values()].find((cell) => !satisfied(cell));
  if (wrong)
    return ['broken', `its steps passed, yet ${pair(wrong)} was expected ${wrong.expected} and seen ${wrong.verdict}`];
  return ['passed'];
}

const pair = ({ from, to, protocol, port }: Cell) => `${from} to ${to} ${protocol}/${port}`;

/** The gravest of several results of one scenario; of equally grave ones the first. `all` must not be empty. */
export const gravestOf = (all: readonly Judged[]): Judged =>
  all.toSorted((a, b) => statuses.indexOf(a.scenario.status) - statuses.indexOf(b.scenario.status))[0] as Judged;

/** The one that counts of several attempts is the worst: a retry does not make a pass. */
export function worst(attempts: Judged[]): Judged {
  const judged = gravestOf(attempts);
  if (attempts.length === 1) return judged;
  const why = judged.scenario.reason ? `: ${judged.scenario.reason}` : '';
  const reason = `attempt ${attempts.indexOf(judged) + 1} of ${attempts.length}${why}`;
  return { ...judged, scenario: { ...judged.scenario, reason } };
}
