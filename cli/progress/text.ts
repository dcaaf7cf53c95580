import { styleText } from 'node:util';
import widthOf from 'string-width';
import type { Pace } from '../pace/index.ts';

export { widthOf };

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The text cut to so many columns, with an ellipsis where something is missing. */
export function fit(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += widthOf(segment);
    if (used > columns - 1) break;
    kept += segment;
  }
  return columns > 0 ? `${kept.trimEnd()}…` : '';
}

/** "0.8 s", "12 s", "1:05". */
export function seconds(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const whole = Math.round(ms / 1000);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** "3 at once: the machine is busy", or without a reason where there is none. */
export const paceText = ({ limit, busy }: Pace): string => `${limit} at once${busy ? ': the machine is busy' : ''}`;

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'magenta' | 'dim';

/** A piece of a line: what it says and how it looks. Lines are cut by what they say, before any colour goes in. */
export type Piece = string | { text: string; colour: Colour };

export function paint(pieces: Piece[], columns: number, colours: boolean): string {
  let left = columns;
  return pieces
    .map((piece) => {
      const { text, colour } = typeof piece === 'string' ? { text: piece, colour: undefined } : piece;
      const cut = fit(text, left);
      left -= widthOf(cut);
      return !colours || colour === undefined || cut === '' ? cut : styleText(colour, cut, { validateStream: false });
    })
    .join('');
}
