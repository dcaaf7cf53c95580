/** Milliseconds of one kind of thing, taken one after the other. */
export interface Sample {
  name: string;
  milliseconds: number[];
}

/** The value below which this share of all values lies. Throws where there are none. */
export function quantile(values: number[], share: number): number {
  if (values.length === 0) throw new Error('no values, no quantile');
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
}

export const sum = (values: number[]): number => values.reduce((all, value) => all + value, 0);

/** A Markdown table, padded for those who read it as text. The first `words` columns are words, the others figures. */
export function markdown(head: string[], rows: string[][], words: number): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (text: string, column: number) =>
    column < words ? text.padEnd(widths[column] as number) : text.padStart(widths[column] as number);
  const line = (cells: string[]) => `| ${cells.map(pad).join(' | ')} |`;
  const dashes = widths.map((width, column) => '-'.repeat(width + 1) + (column < words ? '-' : ':'));
  const rule = `|${dashes.join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

/** A Markdown table: count, minimum, median, 95th percentile, maximum. */
export function table(samples: Sample[]): string {
  const rows = samples.map(({ name, milliseconds }) => {
    const figures = [0, 0.5, 0.95, 1].map((share) => quantile(milliseconds, share).toFixed(1));
    return [name, String(milliseconds.length), ...figures];
  });
  return markdown(['ms', 'n', 'min', 'median', 'p95', 'max'], rows, 1);
}
