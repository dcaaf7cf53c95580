/** Milliseconds of one kind of thing, taken one after the other. */
export interface Sample {
  name: string;
  milliseconds: number[];
}

const at = (sorted: number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;

/** A Markdown table: count, minimum, median, 95th percentile, maximum. */
export function table(samples: Sample[]): string {
  const rows = samples.map(({ name, milliseconds }) => {
    const sorted = milliseconds.toSorted((a, b) => a - b);
    const figures = [at(sorted, 0), at(sorted, 0.5), at(sorted, 0.95), sorted.at(-1) as number].map((ms) =>
      ms.toFixed(1),
    );
    return `| ${[name, String(sorted.length), ...figures].join(' | ')} |`;
  });
  return ['| ms | n | min | median | p95 | max |', '|---|---:|---:|---:|---:|---:|', ...rows].join('\n');
}
