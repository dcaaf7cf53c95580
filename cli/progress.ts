import type { Envelope } from '@cucumber/messages';
import type { Scenario } from '../report/index.ts';
import { createLines } from './progress/lines.ts';
import { createLive } from './progress/live.ts';
import { isLive, type Stream } from './progress/region.ts';
import { createTracker, type Display } from './progress/tracker.ts';

/** Nothing is shown after `end`, which is idempotent. */
export interface Progress extends Omit<Display, 'finished'> {
  /** The next of cucumber's messages, and the scenario that it finished (what the collector gave back for it). */
  envelope(this: void, envelope: Envelope, finished: Scenario | undefined): void;
}

export interface ProgressOptions {
  /** Where to show it, normally process.stderr: a live display on a terminal, quiet lines elsewhere. */
  stream: Stream;
  /** How many scenarios there will be; default: as many as cucumber announces. */
  total?: number;
  /** Milliseconds that scenarios took before, by id, for a better guess at the time left. */
  typical?: ReadonlyMap<string, number>;
  env?: NodeJS.ProcessEnv;
  /** Milliseconds. */
  now?: () => number;
}

/** Shows how a run goes. Never throws: a display that cannot be written to must not end a run. */
export function createProgress({
  stream,
  total,
  typical = new Map(),
  env = process.env,
  now = () => performance.now(),
}: ProgressOptions): Progress {
  const tracker = createTracker(total, typical);
  const display = isLive(stream, env)
    ? createLive(stream, env, tracker, now)
    : createLines((text) => void stream.write(text), tracker, now);
  // a reader that goes away (netvet run 2>&1 | head) ends the display, not the run
  stream.on('error', () => end());
  let ended = false;

  const end = () => {
    if (ended) return;
    ended = true;
    process.off('exit', end);
    display.end();
  };
  process.once('exit', end);

  const unlessEnded =
    <A extends unknown[]>(act: (...args: A) => void) =>
    (...args: A) => {
      if (!ended) act(...args);
    };
  return {
    stage: unlessEnded(display.stage),
    stageDone: unlessEnded(display.stageDone),
    note: unlessEnded(display.note),
    pace: unlessEnded(display.pace),
    envelope: unlessEnded((envelope, finished) => {
      tracker.take(envelope, finished, now());
      if (envelope.testCaseStarted) display.stageDone();
      if (finished) display.finished(finished);
    }),
    end,
  };
}
