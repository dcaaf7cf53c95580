import type { Scenario } from '../../report/index.ts';

/** One way to show progress. */
export interface Display {
  stage(this: void, text: string): void;
  stageDone(this: void): void;
  note(this: void, text: string): void;
  finished(this: void, scenario: Scenario): void;
  end(this: void): void;
}
