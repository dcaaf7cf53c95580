import { createRegion, type Stream } from '../progress/region.ts';
import { type Piece, seconds } from '../progress/text.ts';

export interface Standing {
  rounds: number;
  requests: number;
  lost: number;
  /** Half the interval in percent; undefined: fewer than two rounds. */
  precision: number | undefined;
  tolerance: number;
  path: string;
  /** Milliseconds until no further round begins. */
  leftMs: number;
}

const precisionOf = ({ precision, tolerance }: Pick<Standing, 'precision' | 'tolerance'>): string =>
  precision === undefined
    ? `to be known to ±${tolerance} %`
    : `known to ±${precision.toFixed(1)} %, wanted ±${tolerance} %`;

/** One line that keeps itself up to date on a terminal; elsewhere a line for each round on all paths. */
export function createLoadDisplay(stream: Stream) {
  let over = false;
  let standing: Standing | undefined;
  let sinceMs = performance.now();
  stream.on('error', () => undefined);

  const line = ({ requests, lost, leftMs, ...more }: Standing, round: Piece[]): Piece[] => [
    ...round,
    `${requests.toLocaleString('en-US')} requests, `,
    { text: `${lost} lost`, colour: lost > 0 ? 'red' : 'green' },
    `, ${precisionOf(more)}`,
    { text: `, at most ${seconds(Math.max(0, leftMs))} left`, colour: 'dim' },
  ];
  const region = createRegion(stream, process.env, () => {
    if (standing === undefined) return [];
    const { rounds, path, leftMs } = standing;
    const now = { ...standing, leftMs: leftMs - (performance.now() - sinceMs) };
    return [line(now, [`round ${rounds + 1}  `, { text: path, colour: 'cyan' }, '  '])];
  });

  return {
    show(next: Standing): void {
      if (over) return;
      const ended = standing !== undefined && next.rounds > standing.rounds;
      standing = next;
      sinceMs = performance.now();
      region.draw(ended && !region.live ? [line(next, [`round ${next.rounds}: `])] : []);
    },
    /** Takes the line away; nothing is shown after it. Idempotent. */
    end(this: void): void {
      over = true;
      region.end();
    },
  };
}
