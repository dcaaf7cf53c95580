import type { BudgetLine, Cell, Run, Scenario, Status } from './model.ts';

/** Status by gravity, worst first: the order of every list and chart. */
export const statuses: readonly Status[] = ['broken', 'failed', 'flaky', 'skipped', 'observed', 'passed'];

/** Denied is satisfied by dropped or rejected and by nothing else (design section 3). */
export function satisfied({ expected, verdict }: Cell): boolean {
  return expected === 'allowed' ? verdict === 'allowed' : verdict === 'dropped' || verdict === 'rejected';
}

/** What a status says of the network. */
export const meanings: Record<Status, string> = {
  passed: '',
  failed: 'something it promises was not seen',
  flaky: 'not the same in every repeat, which is no pass',
  broken: 'probe, cluster or tool failed, which says nothing of the network',
  observed: 'reported, never judged',
  skipped: 'could not be tried here',
};

/** How many were judged, whatever the judgement. */
export const judgedOf = (counts: Pick<Run['summary'], 'passed' | 'failed' | 'flaky' | 'broken'>): number =>
  counts.passed + counts.failed + counts.flaky + counts.broken;

/** What a reader has to look at: everything judged that is no pass. */
export const isTrouble = (status: Status): boolean => status === 'broken' || status === 'failed' || status === 'flaky';

export function summarize(scenarios: readonly Pick<Scenario, 'status'>[]): Run['summary'] {
  const summary = { passed: 0, failed: 0, flaky: 0, skipped: 0, observed: 0, broken: 0 };
  for (const { status } of scenarios) summary[status] += 1;
  return summary;
}

/** The bounds of the profile that the run exceeded. */
export const overBudget = ({ budget = [] }: Pick<Run, 'budget'>): BudgetLine[] => budget.filter(({ kept }) => !kept);

export type Outcome = 'passed' | 'failed' | 'broken';

/** Why a run that has nothing else against it is no pass: one sentence; undefined when something was judged. */
export function nothingJudged({ summary }: Pick<Run, 'summary'>): string | undefined {
  const { skipped, observed } = summary;
  if (judgedOf(summary) > 0) return undefined;
  const parts = [...(observed > 0 ? [`${observed} observed`] : []), ...(skipped > 0 ? [`${skipped} skipped`] : [])];
  return `Nothing was judged, which is no pass${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}

/** Passed: something was judged, all passed within the budget, nothing broke or is missing. Broken proves nothing. */
export function outcome(run: Pick<Run, 'summary' | 'interrupted' | 'problems' | 'budget'>): Outcome {
  const { failed, flaky, broken } = run.summary;
  if (run.interrupted || broken > 0 || (run.problems?.length ?? 0) > 0) return 'broken';
  if (failed + flaky > 0 || overBudget(run).length > 0) return 'failed';
  return nothingJudged(run) === undefined ? 'passed' : 'broken';
}
