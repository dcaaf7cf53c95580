import { type Piece, paint, widthOf } from './text.ts';

/** Where a display is shown, normally process.stderr. */
export type Stream = NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };

const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const frameMs = 100;

/** Whether it is a terminal on which lines can be drawn anew. */
export const isLive = ({ isTTY }: Stream, env: NodeJS.ProcessEnv): boolean => isTTY === true && env['TERM'] !== 'dumb';

/**
 * The last lines of a terminal, drawn anew ten times a second, with what is to stay above them; elsewhere only that,
 * without colours. The cursor rests on the line below and is never hidden: whenever the process dies, the terminal is
 * as it should be.
 */
export function createRegion(stream: Stream, env: NodeJS.ProcessEnv, moving: (spin: Piece) => Piece[][]) {
  const live = isLive(stream, env);
  const colours = live && !env['NO_COLOR'];
  let drawn: string[] = [];
  let frame = 0;
  let ended = false;

  const columns = () => stream.columns || 80;
  /** A terminal that became narrower has wrapped what was drawn. */
  const height = () => drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns())), 0);
  const painted = (line: Piece[]) => paint(line, live ? columns() - 1 : Number.POSITIVE_INFINITY, colours);

  /** Prints lines that stay, and draws those that move below them. */
  const draw = (above: Piece[][] = []): void => {
    if (!live) {
      for (const line of above) stream.write(`${painted(line)}\n`);
      return;
    }
    const lines = ended ? [] : moving({ text: spinner[frame % spinner.length] as string, colour: 'cyan' }).map(painted);
    // nothing to take away and nothing to show: the line may be somebody else's
    if (lines.length + above.length + drawn.length === 0) return;
    const up = drawn.length > 0 ? `\u001b[${height()}A\r` : '\r';
    const block = [...above.map(painted), ...lines].map((line) => `${line}\u001b[K\n`);
    stream.write(`${up}${block.join('')}\u001b[J`);
    drawn = lines;
  };
  const redraw = () => draw();
  const next = () => {
    frame += 1;
    draw();
  };
  const timer = live ? setInterval(next, frameMs).unref() : undefined;
  if (live) stream.on('resize', redraw);

  return {
    live,
    columns: () => columns() - 1,
    rows: () => stream.rows || 24,
    draw,
    /** Takes the moving lines away. Idempotent. */
    end(above: Piece[][] = []): void {
      if (ended) return;
      ended = true;
      clearInterval(timer);
      stream.off('resize', redraw);
      draw(above);
    },
  };
}
