import type { Scenario } from '../../report/index.ts';
import type { Pace } from '../pace/index.ts';

/** One way to show progress. */
export interface Display {
  stage(this: void, text: string): void;
  stageDone(this: void): void;
  note(this: void, text: string): void;
  finished(this: void, scenario: Scenario): void;
  /** How many scenarios may run at once from now on. */
  pace(this: void, pace: Pace): void;
  end(this: void): void;
}
