import { oneLine, type Status, statuses } from '../../report/index.ts';
import { createRegion, type Stream } from './region.ts';
import { type Colour, fit, type Piece, paceText, seconds, widthOf } from './text.ts';
import type { Display, Tracker } from './tracker.ts';

const looks: Record<Status, { mark: string; colour: Colour }> = {
  passed: { mark: '✓', colour: 'green' },
  failed: { mark: '✗', colour: 'red' },
  // of one repeat it cannot be said yet
  flaky: { mark: '≈', colour: 'yellow' },
  broken: { mark: '!', colour: 'magenta' },
  observed: { mark: '○', colour: 'cyan' },
  skipped: { mark: '–', colour: 'yellow' },
};
const runningShown = 4;
/** So that all that is said beside it fits on 80. */
const barColumns = { usual: 24, slowed: 16 };

/** For a terminal: a few lines that keep themselves up to date, above them what is worth keeping. */
export function createLive(stream: Stream, env: NodeJS.ProcessEnv, tracker: Tracker, now: () => number): Display {
  let stage: { text: string; sinceMs: number } | undefined;
  let slowed = '';

  const since = (ms: number): Exclude<Piece, string> => ({ text: `  ${seconds(now() - ms)}`, colour: 'dim' });

  const bar = (): Piece[] => {
    const columns = slowed === '' ? barColumns.usual : barColumns.slowed;
    const done = Math.round((columns * tracker.finished()) / Math.max(1, tracker.total()));
    const left = tracker.left(now());
    return [
      {
        text: '━'.repeat(Math.min(done, columns)),
        colour: tracker.counts.failed + tracker.counts.broken > 0 ? 'red' : 'green',
      },
      { text: '─'.repeat(Math.max(0, columns - done)), colour: 'dim' },
      `  ${tracker.finished()} of ${tracker.total()}`,
      { text: left === undefined ? '' : `, about ${seconds(Math.max(1000, left))} left`, colour: 'dim' },
      { text: slowed, colour: 'dim' },
    ];
  };
  const counts = (): Piece[] =>
    statuses.toReversed().flatMap((status): Piece[] => {
      const count = tracker.counts[status];
      return count === 0
        ? []
        : [{ text: `${looks[status].mark} ${count} ${status}`, colour: looks[status].colour }, '   '];
    });
  const runs = (spin: Piece): Piece[][] => {
    const running = tracker.running();
    const room = Math.max(0, Math.min(runningShown, region.rows() - 5));
    const lines = running.slice(0, room).map(({ name, sinceMs }): Piece[] => {
      const took = since(sinceMs);
      const title = fit(oneLine(`${name.feature}: ${name.name}`), region.columns() - 2 - widthOf(took.text));
      return [spin, ` ${title}`, took];
    });
    if (running.length > room && room > 0) lines.push([{ text: `  and ${running.length - room} more`, colour: 'dim' }]);
    return lines;
  };
  const region = createRegion(stream, env, (spin) => [
    ...(stage ? [[spin, ` ${stage.text} …`, since(stage.sinceMs)]] : []),
    ...(tracker.total() > 0 && tracker.finished() + tracker.running().length > 0
      ? [bar(), counts(), ...runs(spin)]
      : []),
  ]);

  const endStage = (mark: Piece, word = ''): Piece[][] => {
    if (stage === undefined) return [];
    const ended: Piece[] = [mark, ` ${stage.text}${word}`, since(stage.sinceMs)];
    stage = undefined;
    return [ended];
  };

  return {
    stage(text) {
      const above = endStage({ text: '✓', colour: 'green' });
      stage = { text: oneLine(text), sinceMs: now() };
      region.draw(above);
    },
    stageDone: () => region.draw(endStage({ text: '✓', colour: 'green' })),
    note: (text) => region.draw([[oneLine(text)]]),
    finished({ status, feature, name, reason, durationMs }) {
      if (status !== 'failed' && status !== 'broken') return;
      const { mark, colour } = looks[status];
      const title: Piece[] = [
        { text: `${mark} ${status}`, colour },
        `  ${oneLine(`${feature}: ${name}`)}`,
        { text: `  ${seconds(durationMs)}`, colour: 'dim' },
      ];
      region.draw([title, ...(reason ? [[`    ${oneLine(reason)}`]] : [])]);
    },
    pace(pace) {
      slowed = pace.busy ? `, ${paceText(pace)}` : '';
      region.draw();
    },
    end: () => region.end(endStage({ text: '✗', colour: 'red' }, ', stopped')),
  };
}
