import { stripVTControlCharacters } from 'node:util';
import { columnsOf } from './text.ts';

/** A terminal as far as a live display needs one. */
export interface Terminal {
  write(text: string): unknown;
  columns?: number;
  rows?: number;
}

/**
 * The last lines of a terminal, drawn anew again and again, with what is to stay printed above them. The cursor always rests
 * on the line below and is never hidden, so whenever the process dies, by any signal, the terminal is as it should be.
 */
export function createRegion(terminal: Terminal) {
  let drawn: string[] = [];

  const columns = () => terminal.columns || 80;
  /** A terminal that became narrower has wrapped what was drawn. */
  const height = () =>
    drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(columnsOf(stripVTControlCharacters(line)) / columns())), 0);
  const up = () => (drawn.length > 0 ? `\u001b[${height()}A\r` : '\r');
  const clearBelow = '\u001b[J';
  const block = (lines: string[]) => lines.map((line) => `${line}\u001b[K\n`).join('');

  return {
    columns: () => columns() - 1,
    rows: () => terminal.rows || 24,
    /** Draws the lines in place of those drawn before, `above` going on top to stay. */
    draw(lines: string[], above: string[] = []) {
      // nothing to take away and nothing to show: the line may be somebody else's
      if (lines.length + above.length + drawn.length === 0) return;
      terminal.write(`${up()}${block(above)}${block(lines)}${clearBelow}`);
      drawn = lines;
    },
  };
}
