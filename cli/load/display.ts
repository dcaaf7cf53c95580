import { createRegion } from '../progress/region.ts';
import { type Piece, paint, seconds } from '../progress/text.ts';

/** How far a load has come. */
export interface Standing {
  rounds: number;
  requests: number;
  lost: number;
  /** Half the interval in percent; undefined: fewer than two rounds. */
  precision: number | undefined;
  tolerance: number;
  /** The path that is loaded now. */
  path: string;
  /** Milliseconds until no further round begins. */
  leftMs: number;
}

type Stream = NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };

const precisionOf = ({ precision, tolerance }: Standing): string =>
  precision === undefined
    ? `to be known to ±${tolerance} %`
    : `known to ±${precision.toFixed(1)} %, wanted ±${tolerance} %`;

/** One line that keeps itself up to date on a terminal; elsewhere a line for each round on all paths. */
export function createLoadDisplay(stream: Stream) {
  const live = stream.isTTY === true && process.env['TERM'] !== 'dumb';
  const region = createRegion(stream);
  let over = false;
  let standing: Standing | undefined;
  let sinceMs = performance.now();
  stream.on('error', () => undefined);

  const draw = () => {
    if (standing === undefined) return;
    const { rounds, requests, lost, path, leftMs } = standing;
    const left = Math.max(0, leftMs - (performance.now() - sinceMs));
    const pieces: Piece[] = [
      `round ${rounds + 1}  `,
      { text: path, colour: 'cyan' },
      `  ${requests.toLocaleString('en-US')} requests, `,
      { text: `${lost} lost`, colour: lost > 0 ? 'red' : 'green' },
      `, ${precisionOf(standing)}`,
      { text: `, at most ${seconds(left)} left`, colour: 'dim' },
    ];
    region.draw([paint(pieces, region.columns(), !process.env['NO_COLOR'])]);
  };
  const timer = live ? setInterval(draw, 200) : undefined;
  timer?.unref();

  return {
    show(next: Standing): void {
      if (over) return;
      const ended = standing !== undefined && next.rounds > standing.rounds;
      standing = next;
      sinceMs = performance.now();
      if (live) draw();
      else if (ended) {
        const { rounds, requests, lost, leftMs } = next;
        stream.write(
          `round ${rounds}: ${requests.toLocaleString('en-US')} requests, ${lost} lost, ${precisionOf(next)}, at most ${seconds(Math.max(0, leftMs))} left\n`,
        );
      }
    },
    /** Takes the line away; nothing is shown after it. Idempotent. */
    end(this: void): void {
      if (over) return;
      over = true;
      clearInterval(timer);
      if (live) region.draw([]);
    },
  };
}
