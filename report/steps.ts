import {
  type Hook,
  HookType,
  type PickleStep,
  type TestStep,
  type TestStepResult,
  TestStepResultStatus,
} from '@cucumber/messages';
import type { Status, Step } from './model.ts';
import { printable } from './safe.ts';

/** One test step as cucumber planned it, and its result when there is one. */
export interface PlannedStep {
  step: TestStep;
  /** Absent for hooks. */
  pickleStep?: PickleStep | undefined;
  keyword?: string | undefined;
  hook?: Hook | undefined;
  result?: TestStepResult | undefined;
}

/** A step as the report shows it. Whatever is not plainly passed, skipped or failed is broken. */
export function judgeStep(planned: PlannedStep): Step {
  const { result } = planned;
  const [status, error] =
    result === undefined ? broken('it has no result: the run ended under it') : judge(planned, result);
  const { docString, dataTable } = planned.pickleStep?.argument ?? {};
  return {
    ...(planned.keyword !== undefined && { keyword: planned.keyword }),
    text: printable(planned.pickleStep?.text ?? hookText(planned.hook)),
    ...(docString && { block: printable(docString.content) }),
    ...(dataTable && { table: dataTable.rows.map(({ cells }) => cells.map(({ value }) => printable(value))) }),
    status,
    durationMs: result === undefined ? 0 : milliseconds(result.duration),
    ...(error !== undefined && { error: printable(error) }),
    ...(planned.pickleStep === undefined && { hook: true }),
  };
}

type Judgement = [status: Status, error?: string];

const broken = (error: string): Judgement => ['broken', error];

function judge({ step, pickleStep, hook }: PlannedStep, result: TestStepResult): Judgement {
  const unusual: Partial<Record<TestStepResultStatus, string>> = {
    UNDEFINED: 'no step definition carries out this sentence',
    AMBIGUOUS: `${step.stepDefinitionIds?.length ?? 'several'} step definitions carry out this sentence`,
    PENDING: 'its step definition is not written yet (it says "pending")',
  };
  switch (result.status) {
    case TestStepResultStatus.PASSED:
      return ['passed'];
    case TestStepResultStatus.SKIPPED:
      return ['skipped'];
    case TestStepResultStatus.FAILED:
      return judgeFailure(pickleStep !== undefined || hook?.type === HookType.AFTER_TEST_CASE, result);
    default:
      return broken(unusual[result.status] ?? `cucumber gave it the status ${result.status}`);
  }
}

/** A failed assertion of a sentence, or after the last, is a verdict on the network; else tool or cluster failed. */
function judgeFailure(mayJudge: boolean, { exception, message }: TestStepResult): Judgement {
  const said = exception?.message || message || 'it failed and did not say why';
  const asserted = exception?.type === 'AssertionError' || firstSentence(message ?? '').includes('[ERR_ASSERTION]');
  // where a tool is at fault the stack is what its developer needs; where the network is, it only hides the sentence
  return asserted && mayJudge ? ['failed', said] : broken((message || said).replace(/^(Broken)?Error: /, ''));
}

function hookText(hook: Hook | undefined): string {
  const when = hook?.type === HookType.AFTER_TEST_CASE ? 'After' : 'Before';
  return hook?.name ? `${when}: ${hook.name}` : when;
}

/** Cucumber's durations and timestamps, in milliseconds to the microsecond. */
export function milliseconds({ seconds, nanos }: { seconds: number; nanos: number }): number {
  return Math.round(seconds * 1e6 + nanos / 1e3) / 1e3;
}

/** The sentence of an error that fits on a line: its first, and the next where that one only announces it. */
export function firstSentence(error: string): string {
  const lines = error
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const first = lines[0] ?? '';
  return first.endsWith(':') && lines[1] !== undefined ? `${first} ${lines[1]}` : first;
}
