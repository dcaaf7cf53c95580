import type { Envelope } from '@cucumber/messages';
import { createNames, type Scenario, type ScenarioName, summarize } from '../../report/index.ts';
import type { Pace } from '../pace/index.ts';

interface Running {
  name: ScenarioName;
  sinceMs: number;
}

/** What a display needs to know of a run under way. */
export type Tracker = ReturnType<typeof createTracker>;

/** One way to show progress. */
export interface Display {
  /** A stage of the bring-up begins; the one before it is done. */
  stage(this: void, text: string): void;
  stageDone(this: void): void;
  note(this: void, text: string): void;
  finished(this: void, scenario: Scenario): void;
  /** How many scenarios may run at once from now on. */
  pace(this: void, pace: Pace): void;
  end(this: void): void;
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** `typical`: milliseconds that scenarios took before, by id; those without are thought to be like their area's. */
export function createTracker(total: number | undefined, typical: ReadonlyMap<string, number>) {
  const names = createNames();
  const waiting = new Map<string, ScenarioName>();
  const running = new Map<string, Running>();
  const counts = summarize([]);
  const seen = new Map<string, number[]>();
  let planned = 0;
  let finishedCount = 0;
  let atOnce = 1;

  const expected = ({ id, area }: ScenarioName): number => {
    const known = typical.get(id);
    if (known !== undefined) return known;
    return mean(seen.get(area) ?? [...seen.values()].flat());
  };

  return {
    counts,
    finished: () => finishedCount,
    total: () => total ?? planned,
    running: () => [...running.values()],
    take(envelope: Envelope, finished: Scenario | undefined, nowMs: number): void {
      names.envelope(envelope);
      const { testCase, testCaseStarted, testCaseFinished } = envelope;
      if (testCase) {
        planned += 1;
        waiting.set(testCase.id, names.of(testCase.pickleId));
      }
      if (testCaseStarted) {
        const name = waiting.get(testCaseStarted.testCaseId);
        if (name) running.set(testCaseStarted.id, { name, sinceMs: nowMs });
        waiting.delete(testCaseStarted.testCaseId);
        atOnce = Math.max(atOnce, running.size);
      }
      if (testCaseFinished) running.delete(testCaseFinished.testCaseStartedId);
      if (finished) {
        finishedCount += 1;
        counts[finished.status] += 1;
        const area = finished.area ?? '';
        seen.set(area, [...(seen.get(area) ?? []), finished.durationMs]);
      }
    },
    /** Milliseconds until the run ends, as far as can be told; undefined while nothing has finished. */
    left(nowMs: number): number | undefined {
      if (finishedCount === 0) return undefined;
      const rests = [...running.values()].map(({ name, sinceMs }) => Math.max(0, expected(name) - (nowMs - sinceMs)));
      const ahead = [...waiting.values()].map(expected);
      const work = [...rests, ...ahead].reduce((sum, ms) => sum + ms, 0);
      // many at once share the work, but none ends before its own time
      return Math.max(work / atOnce, ...rests, ...ahead);
    },
  };
}
