import type { Pace } from '../pace/index.ts';

const wide =
  /[\p{Extended_Pictographic}\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u;
const none = /[\p{M}\p{Cf}]/u;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that a terminal gives to a text without control characters; near enough to keep a line from wrapping. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) if (!none.test(character)) columns += wide.test(character) ? 2 : 1;
  return columns;
}

/** The text cut to so many columns, with an ellipsis where something is missing. */
export function fit(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += columnsOf(segment);
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

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'magenta' | 'dim' | 'bold';
const codes: Record<Colour, [number, number]> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
  magenta: [35, 39],
  dim: [2, 22],
  bold: [1, 22],
};

/** A piece of a line: what it says and how it looks. Lines are cut by what they say, before any colour goes in. */
export type Piece = string | { text: string; colour: Colour };

export function paint(pieces: Piece[], columns: number, colours: boolean): string {
  let left = columns;
  return pieces
    .map((piece) => {
      const { text, colour } = typeof piece === 'string' ? { text: piece, colour: undefined } : piece;
      const cut = fit(text, left);
      left -= columnsOf(cut);
      if (!colours || colour === undefined || cut === '') return cut;
      const [on, off] = codes[colour];
      return `\u001b[${on}m${cut}\u001b[${off}m`;
    })
    .join('');
}
