import { oneLine } from '../../report/index.ts';
import { paceText, seconds } from './text.ts';
import type { Display, Tracker } from './tracker.ts';

/** For logs and pipes: one line per stage and per finished scenario, and nothing that moves. */
export function createLines(write: (text: string) => void, tracker: Tracker, now: () => number): Display {
  let stageSince: number | undefined;
  let limit = 0;
  let slowed = false;

  const endStage = (word = '') => {
    if (stageSince !== undefined) write(` ${word}${seconds(now() - stageSince)}\n`);
    stageSince = undefined;
  };

  return {
    stage(text) {
      endStage();
      // the line is begun now and ended when the stage is: should it hang, the log says where
      write(`${oneLine(text)} …`);
      stageSince = now();
    },
    stageDone: () => endStage(),
    note(text) {
      endStage();
      write(`${oneLine(text)}\n`);
    },
    finished({ status, feature, name, reason, durationMs }) {
      endStage();
      const total = String(tracker.total());
      const count = `${String(tracker.finished()).padStart(total.length)}/${total}`;
      const why = reason ? `  ${oneLine(reason)}` : '';
      write(`${status.padEnd(8)} ${count}  ${oneLine(`${feature}: ${name}`)}  ${seconds(durationMs)}${why}\n`);
    },
    pace(pace) {
      // the steps between say nothing that the last one does not say better
      if (pace.busy ? pace.limit < limit : slowed) write(`${paceText(pace)}\n`);
      limit = pace.limit;
      slowed = pace.busy;
    },
    end: () => endStage('stopped after '),
  };
}
