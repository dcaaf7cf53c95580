import { createRegion, type Terminal } from '../progress/region.ts';
import { type Colour, type Piece, paint, seconds } from '../progress/text.ts';
import { countFates, type Fate, type Result } from './result.ts';

const looks: Record<Fate, { mark: string; colour: Colour }> = {
  killed: { mark: '✓', colour: 'green' },
  survived: { mark: '✗', colour: 'red' },
  broken: { mark: '!', colour: 'magenta' },
  interrupted: { mark: '–', colour: 'yellow' },
};
const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const frameMs = 100;

export interface BoardOptions {
  /** Normally process.stderr: on a terminal a table that grows above lines that move, elsewhere a line for each mutant. */
  stream: NodeJS.WritableStream & Terminal & { isTTY?: boolean };
  /** Names of all mutants. */
  names: readonly string[];
  atOnce: number;
  env?: Record<string, string | undefined>;
  /** Milliseconds. */
  now?: () => number;
}

/** The table as it comes about: who was killed by which scenario, who is being tried, how many are left and for how long. */
export interface Board {
  started(this: void, name: string): void;
  finished(this: void, result: Result): void;
  /** A run that is no mutant's has ended. */
  control(this: void, name: string, sentence: string): void;
  /** Takes the moving lines away. Idempotent. */
  end(this: void): void;
}

export function createBoard({
  stream,
  names,
  atOnce,
  env = process.env,
  now = () => performance.now(),
}: BoardOptions): Board {
  const live = stream.isTTY === true && env['TERM'] !== 'dumb';
  const region = live ? createRegion(stream) : undefined;
  const colours = live && !env['NO_COLOR'];
  const wide = Math.max(...names.map((name) => name.length));
  const running = new Map<string, number>();
  const results: Result[] = [];
  let frame = 0;
  let ended = false;

  const show = (lines: Piece[][]) => {
    if (region === undefined)
      for (const line of lines) stream.write(`${paint(line, Number.POSITIVE_INFINITY, false)}\n`);
    else draw(lines);
  };
  const draw = (above: Piece[][] = []) =>
    region?.draw(
      ended ? [] : moving().map((line) => paint(line, region.columns(), colours)),
      above.map((line) => paint(line, region.columns(), colours)),
    );
  const moving = (): Piece[][] => {
    const rows = [...running].map(([name, since]): Piece[] => [
      { text: spinner[frame % spinner.length] as string, colour: 'cyan' },
      ` ${name}  `,
      { text: seconds(now() - since), colour: 'dim' },
    ]);
    return results.length + rows.length === 0 ? [] : [[countsOf(results, names.length), timeLeft()], ...rows];
  };
  /** They take about the same, so what is left takes as long as what is done. */
  const timeLeft = (): Piece => {
    if (results.length === 0) return '';
    const mean = results.reduce((sum, { durationMs }) => sum + durationMs, 0) / results.length;
    const begun = [...running.values()].reduce((sum, since) => sum + Math.min(mean, now() - since), 0);
    const left = ((names.length - results.length) * mean - begun) / atOnce;
    return { text: left > 0 ? `, about ${seconds(Math.max(1000, left))} left` : '', colour: 'dim' };
  };

  const timer =
    region &&
    setInterval(() => {
      frame += 1;
      draw();
    }, frameMs);
  timer?.unref();

  return {
    started(name) {
      running.set(name, now());
      draw();
    },
    finished(result) {
      running.delete(result.name);
      results.push(result);
      show([row(result, wide, region === undefined ? `${results.length}/${names.length}` : '')]);
    },
    control(name, sentence) {
      running.delete(name);
      show([[sentence]]);
    },
    end() {
      if (ended) return;
      ended = true;
      clearInterval(timer);
      draw();
    },
  };
}

function row(result: Result, wide: number, count: string): Piece[] {
  const { mark, colour } = looks[result.fate];
  const place = count === '' ? '' : `${count.padStart(6)}  `;
  const columns: Piece[] = [
    place,
    { text: `${mark} ${result.fate.padEnd(9)} `, colour },
    `${result.name.padEnd(wide)}  `,
    { text: seconds(result.durationMs).padStart(6), colour: 'dim' },
    `  ${wordsOf(result)}`,
  ];
  return columns;
}

/** Who noticed, or why nobody did. */
export function wordsOf({ killers, reason = '' }: Pick<Result, 'killers' | 'reason'>): string {
  const [first] = killers;
  if (first === undefined) return reason;
  const more = killers.length > 1 ? ` (and ${killers.length - 1} more)` : '';
  return `${first.feature}: ${first.name}${more}`;
}

/** "12 of 48, 11 killed, 1 survived". */
export function countsOf(results: readonly Result[], total: number): string {
  const counts = Object.entries(countFates(results)).filter(([, count]) => count > 0);
  return [`${results.length} of ${total}`, ...counts.map(([fate, count]) => `${count} ${fate}`)].join(', ');
}
