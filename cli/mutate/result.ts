import { oneLine, outcome, type Run, type Scenario } from '../../report/index.ts';

/** The scenario that noticed a fault. */
interface Killer extends Pick<Scenario, 'id' | 'feature' | 'name'> {
  reason: string;
  /** What was promised and did not hold. */
  promise: string;
}

/** What became of one mutant. Broken and interrupted prove nothing: neither is a kill, nor a survival. */
export type Fate = 'killed' | 'survived' | 'broken' | 'interrupted';

export interface Result {
  name: string;
  fault: string;
  link: string;
  fate: Fate;
  /** Scenarios that failed, in the order in which they are listed; usually one, at which the run ended. */
  killers: Killer[];
  /** Why it survived or broke. */
  reason?: string;
  /** Scenarios that came to a verdict. */
  judged: number;
  /** Milliseconds from the start of its cluster to its verdict. */
  durationMs: number;
}

/** What a run on a mutant came to. Only a scenario that failed kills: what broke or was skipped has seen nothing. */
export function fateOf(
  run: Run | undefined,
  ending: string,
  promises: ReadonlyMap<string, { promise: string }>,
): Pick<Result, 'fate' | 'killers' | 'judged' | 'reason'> {
  if (run === undefined) return { fate: 'broken', killers: [], judged: 0, reason: ending };
  const { scenarios, summary } = run;
  const judged = summary.passed + summary.failed + summary.observed;
  const killers = scenarios
    .filter(({ status }) => status === 'failed')
    .map(({ id, feature, name, reason = '' }): Killer => {
      return { id, feature, name, reason: oneLine(reason), promise: promises.get(id)?.promise ?? '' };
    });
  if (killers.length > 0) return { fate: 'killed', killers, judged };
  const none = { killers, judged };
  if (run.interrupted) return { fate: 'interrupted', ...none };
  if (outcome(run) === 'broken') return { fate: 'broken', ...none, reason: whyBroken(run) ?? ending };
  const skipped = summary.skipped > 0 ? `, ${summary.skipped} skipped` : '';
  return { fate: 'survived', ...none, reason: `${summary.passed} of its scenarios passed${skipped}` };
}

/** Why a run is no proof of anything; undefined if it does not say. */
export function whyBroken({ scenarios, problems = [] }: Run): string | undefined {
  const bad =
    scenarios.find(({ status }) => status === 'broken') ?? scenarios.find(({ status }) => status === 'skipped');
  const said = bad && `${bad.id} was ${bad.status === 'broken' ? 'broken' : 'skipped'}: ${bad.reason ?? ''}`;
  const sentence = said ?? problems[0];
  return sentence === undefined ? undefined : oneLine(sentence);
}

/** How many there are of each fate. */
export function countFates(results: readonly Pick<Result, 'fate'>[]): Record<Fate, number> {
  const counts = { killed: 0, survived: 0, broken: 0, interrupted: 0 };
  for (const { fate } of results) counts[fate] += 1;
  return counts;
}
