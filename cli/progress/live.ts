import { oneLine, type Status, statuses } from '../../report/index.ts';
import type { Display } from './display.ts';
import { createRegion, type Terminal } from './region.ts';
import { type Colour, columnsOf, fit, type Piece, paceText, paint, seconds } from './text.ts';
import type { Tracker } from './tracker.ts';

const looks: Record<Status, { mark: string; colour: Colour }> = {
  passed: { mark: '✓', colour: 'green' },
  failed: { mark: '✗', colour: 'red' },
  // of one repeat it cannot be said yet
  flaky: { mark: '≈', colour: 'yellow' },
  broken: { mark: '!', colour: 'magenta' },
  observed: { mark: '○', colour: 'cyan' },
  skipped: { mark: '–', colour: 'yellow' },
};
const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const frameMs = 100;
const runningShown = 4;
/** So that all that is said beside it fits on 80. */
const barColumns = { usual: 24, slowed: 16 };

export interface LiveOptions {
  terminal: Terminal & {
    on?(event: 'resize', listener: () => void): unknown;
    off?(event: 'resize', listener: () => void): unknown;
  };
  tracker: Tracker;
  colours: boolean;
  now: () => number;
}

/** For a terminal: a few lines that keep themselves up to date, above them what is worth keeping. */
export function createLive({ terminal, tracker, colours, now }: LiveOptions): Display {
  const region = createRegion(terminal);
  let stage: { text: string; sinceMs: number } | undefined;
  let frame = 0;
  let slowed = '';

  const line = (pieces: Piece[]) => paint(pieces, region.columns(), colours);
  const spin = (): Piece => ({ text: spinner[frame % spinner.length] as string, colour: 'cyan' });
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
  const runs = (): string[] => {
    const running = tracker.running();
    const room = Math.max(0, Math.min(runningShown, region.rows() - 5));
    const lines = running.slice(0, room).map(({ name, sinceMs }) => {
      const took = since(sinceMs);
      const title = fit(oneLine(`${name.feature}: ${name.name}`), region.columns() - 2 - columnsOf(took.text));
      return line([spin(), ` ${title}`, took]);
    });
    return running.length > room && room > 0
      ? [...lines, line([{ text: `  and ${running.length - room} more`, colour: 'dim' }])]
      : lines;
  };
  const frameLines = (): string[] => {
    const staged = stage ? [line([spin(), ` ${stage.text} …`, since(stage.sinceMs)])] : [];
    return tracker.total() > 0 && tracker.finished() + tracker.running().length > 0
      ? [...staged, line(bar()), line(counts()), ...runs()]
      : staged;
  };
  const draw = (above: Piece[][] = []) => region.draw(frameLines(), above.map(line));

  const resized = () => draw();
  terminal.on?.('resize', resized);
  const timer = setInterval(() => {
    frame += 1;
    draw();
  }, frameMs);
  timer.unref();

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
      draw(above);
    },
    stageDone: () => draw(endStage({ text: '✓', colour: 'green' })),
    note: (text) => draw([[oneLine(text)]]),
    finished({ status, feature, name, reason, durationMs }) {
      if (status !== 'failed' && status !== 'broken') return;
      const { mark, colour } = looks[status];
      const title: Piece[] = [
        { text: `${mark} ${status}`, colour },
        `  ${oneLine(`${feature}: ${name}`)}`,
        { text: `  ${seconds(durationMs)}`, colour: 'dim' },
      ];
      draw([title, ...(reason ? [[`    ${oneLine(reason)}`]] : [])]);
    },
    pace(pace) {
      slowed = pace.busy ? `, ${paceText(pace)}` : '';
      draw();
    },
    end() {
      clearInterval(timer);
      terminal.off?.('resize', resized);
      region.draw([], endStage({ text: '✗', colour: 'red' }, ', stopped').map(line));
    },
  };
}
