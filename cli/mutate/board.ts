import { createRegion, type Stream } from '../progress/region.ts';
import { type Colour, type Piece, seconds } from '../progress/text.ts';
import { countFates, type Fate, type Result } from './result.ts';

const looks: Record<Fate, { mark: string; colour: Colour }> = {
  killed: { mark: '✓', colour: 'green' },
  survived: { mark: '✗', colour: 'red' },
  broken: { mark: '!', colour: 'magenta' },
  interrupted: { mark: '–', colour: 'yellow' },
};

export interface BoardOptions {
  /** On a terminal a table that grows above lines that move, elsewhere a line for each mutant. */
  stream: Stream;
  names: readonly string[];
  atOnce: number;
  env?: NodeJS.ProcessEnv;
  /** Milliseconds. */
  now?: () => number;
}

/** The table as it comes about: who was killed by which scenario, who is being tried, and the time left. */
export function createBoard({ stream, names, atOnce, env = process.env, now = () => performance.now() }: BoardOptions) {
  const wide = Math.max(...names.map((name) => name.length));
  const running = new Map<string, number>();
  const results: Result[] = [];

  /** They take about the same, so what is left takes as long as what is done. */
  const timeLeft = (): Piece => {
    if (results.length === 0) return '';
    const mean = results.reduce((sum, { durationMs }) => sum + durationMs, 0) / results.length;
    const begun = [...running.values()].reduce((sum, since) => sum + Math.min(mean, now() - since), 0);
    const left = ((names.length - results.length) * mean - begun) / atOnce;
    return { text: left > 0 ? `, about ${seconds(Math.max(1000, left))} left` : '', colour: 'dim' };
  };

  const region = createRegion(stream, env, (spin) => {
    const rows = [...running].map(([name, since]): Piece[] => [
      spin,
      ` ${name}  `,
      { text: seconds(now() - since), colour: 'dim' },
    ]);
    return results.length + rows.length === 0 ? [] : [[countsOf(results, names.length), timeLeft()], ...rows];
  });

  return {
    started(name: string): void {
      running.set(name, now());
      region.draw();
    },
    finished(result: Result): void {
      running.delete(result.name);
      results.push(result);
      region.draw([row(result, wide, region.live ? '' : `${results.length}/${names.length}`)]);
    },
    /** A run that is no mutant's has ended. */
    control(name: string, sentence: string): void {
      running.delete(name);
      region.draw([[sentence]]);
    },
    /** Takes the moving lines away. Idempotent. */
    end: (): void => region.end(),
  };
}

export type Board = ReturnType<typeof createBoard>;

function row(result: Result, wide: number, count: string): Piece[] {
  const { mark, colour } = looks[result.fate];
  const place = count === '' ? '' : `${count.padStart(6)}  `;
  return [
    place,
    { text: `${mark} ${result.fate.padEnd(9)} `, colour },
    `${result.name.padEnd(wide)}  `,
    { text: seconds(result.durationMs).padStart(6), colour: 'dim' },
    `  ${wordsOf(result)}`,
  ];
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
