import type { Envelope, Hook, Pickle, PickleStep, TestCase, TestStepResult } from '@cucumber/messages';
import { body, readAttachment } from './attachments.ts';
import { budgetLines } from './budget.ts';
import { type Exhibit, type Judged, judgeAttempt, worst } from './judge.ts';
import type { Load, NotRun, Run, Scenario } from './model.ts';
import { createNames, type ScenarioName } from './names.ts';
import { summarize } from './outcome.ts';
import { createProblems } from './problems.ts';
import { mergeRepeats } from './repeats.ts';
import { printable } from './safe.ts';
import { milliseconds, type PlannedStep } from './steps.ts';

/** What the messages do not say: where and what ran. */
export type RunMetadata = Omit<
  Run,
  'schema' | 'durationMs' | 'summary' | 'scenarios' | 'notRun' | 'load' | 'problems' | 'budget'
> & {
  /** From the command to now; default: to the last message. */
  durationMs?: number;
};

interface Started {
  testCase: TestCase;
  startedMs: number;
  finishedMs?: number;
  results: Map<string, TestStepResult>;
  exhibits: Exhibit[];
}

/** Makes a run out of cucumber's messages, one by one, so that what is there when a run is cut short is not lost. */
export function createCollector() {
  const names = createNames();
  const problems = createProblems();
  const pickles = new Map<string, Pickle>();
  const hooks = new Map<string, Hook>();
  const testCases = new Map<string, TestCase>();
  const started = new Map<string, Started>();
  let lastMs = 0;

  const plan = ({ testCase, results }: Started): PlannedStep[] => {
    const sentences = pickles.get(testCase.pickleId)?.steps ?? [];
    const sentence = (pickleStep: PickleStep | undefined) => ({
      pickleStep,
      keyword: pickleStep && names.keyword(pickleStep.astNodeIds[0] ?? ''),
    });
    return testCase.testSteps.map((step) => ({
      step,
      ...sentence(sentences.find(({ id }) => id === step.pickleStepId)),
      hook: hooks.get(step.hookId ?? ''),
      result: results.get(step.id),
    }));
  };

  const judge = (each: Started): Judged => {
    const { exhibits, startedMs, finishedMs = lastMs } = each;
    return judgeAttempt(names.of(each.testCase.pickleId), {
      steps: plan(each),
      exhibits,
      durationMs: finishedMs - startedMs,
    });
  };

  const attemptsAt = (testCase: TestCase) => [...started.values()].filter((each) => each.testCase === testCase);

  const judgeCase = (testCase: TestCase, interrupted: boolean): Judged[] => {
    const attempts = attemptsAt(testCase);
    const unfinished = attempts.length === 0 || attempts.some(({ finishedMs }) => finishedMs === undefined);
    if (unfinished && interrupted) return [];
    if (attempts.length > 0) return [worst(attempts.map(judge))];
    const broken = { status: 'broken' as const, reason: 'it was to run and never started' };
    const scenario = { ...names.of(testCase.pickleId), ...broken, durationMs: 0, measurements: [] };
    return [{ scenario, loads: [] }];
  };

  /** Cucumber announces every scenario there is before it runs those that the tags select. */
  const notRun = (scenarios: readonly Scenario[]): NotRun[] => {
    const ran = new Set(scenarios.map(({ id }) => id));
    const selected = new Set([...testCases.values()].map(({ pickleId }) => pickleId));
    return [...pickles.keys()].flatMap((pickleId) => {
      const { id, area, level } = names.of(pickleId);
      return ran.has(id) ? [] : [{ id, area, level, ...(selected.has(pickleId) && { selected: true as const }) }];
    });
  };

  const take = (envelope: Envelope): Scenario | undefined => {
    names.envelope(envelope);
    problems.envelope(envelope);
    const { pickle, hook, testCase, testCaseStarted, testStepFinished, testCaseFinished, attachment } = envelope;
    if (pickle) pickles.set(pickle.id, pickle);
    if (hook) hooks.set(hook.id, hook);
    if (testCase) testCases.set(testCase.id, testCase);
    if (testCaseStarted) {
      const startedMs = milliseconds(testCaseStarted.timestamp);
      const planned = testCases.get(testCaseStarted.testCaseId);
      if (planned) started.set(testCaseStarted.id, { testCase: planned, startedMs, results: new Map(), exhibits: [] });
    }
    if (testStepFinished) {
      started
        .get(testStepFinished.testCaseStartedId)
        ?.results.set(testStepFinished.testStepId, testStepFinished.testStepResult);
    }
    if (attachment) {
      const evidence = readAttachment(attachment);
      const note = attachment.mediaType === 'text/x.cucumber.log+plain' ? printable(body(attachment)) : undefined;
      const owner = started.get(attachment.testCaseStartedId ?? '');
      const step = owner?.testCase.testSteps.findIndex(({ id }) => id === attachment.testStepId);
      if (step !== undefined) owner?.exhibits.push({ step, evidence, note });
      else if (evidence?.kind === 'outcome' && evidence.value.status === 'broken') problems.add(evidence.value.reason);
    }
    if (testCaseFinished === undefined) return undefined;
    const finished = started.get(testCaseFinished.testCaseStartedId);
    if (finished === undefined) return undefined;
    finished.finishedMs = milliseconds(testCaseFinished.timestamp);
    return testCaseFinished.willBeRetried ? undefined : worst(attemptsAt(finished.testCase).map(judge)).scenario;
  };

  return {
    /** Takes the next message; gives back the scenario that it finished, if it did. */
    envelope(this: void, envelope: Envelope): Scenario | undefined {
      lastMs = Math.max(lastMs, timeOf(envelope) ?? 0);
      return take(envelope);
    },
    /** How a scenario that has started is called. */
    running(testCaseStartedId: string): ScenarioName | undefined {
      const each = started.get(testCaseStartedId);
      return each && names.of(each.testCase.pickleId);
    },
    /** How many scenarios are to run: known before the first starts. */
    planned: (): number => testCases.size,
    /** The run as far as it has come; `interrupted` says that what is missing was cut off. */
    run(metadata: RunMetadata): Run {
      // cucumber plans a scenario once for each repeat
      const planned = [...Map.groupBy(testCases.values(), ({ pickleId }) => pickleId).values()];
      const single = planned.map((same) => same.flatMap((each) => judgeCase(each, metadata.interrupted === true)));
      const repeated = (metadata.repeat ?? 1) > 1;
      const judged = single.flatMap((all) => (repeated && all.length > 0 ? [mergeRepeats(all)] : all));
      const scenarios = judged.map(({ scenario }) => scenario);
      const load = judged.flatMap(({ loads }): Load[] => loads);
      const run: Run = {
        schema: 'netvet/run/v1',
        ...metadata,
        durationMs: metadata.durationMs ?? Math.max(0, lastMs - Date.parse(metadata.startedAt)),
        ...(metadata.profile && { budget: budgetLines(scenarios, metadata.profile) }),
        summary: summarize(scenarios),
        notRun: notRun(scenarios),
        scenarios,
        ...(load.length > 0 && { load }),
      };
      const all = single.flat().map(({ scenario }) => scenario);
      const found = problems.of(all, metadata.interrupted === true);
      return found.length > 0 ? { ...run, problems: found } : run;
    },
  };
}

/** The same from stored messages. */
export function collect(envelopes: Iterable<Envelope>, metadata: RunMetadata): Run {
  const collector = createCollector();
  for (const envelope of envelopes) collector.envelope(envelope);
  return collector.run(metadata);
}

function timeOf(envelope: Envelope): number | undefined {
  const message = Object.values(envelope)[0] as { timestamp?: { seconds: number; nanos: number } } | undefined;
  return message?.timestamp && milliseconds(message.timestamp);
}
