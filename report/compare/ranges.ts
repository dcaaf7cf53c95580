import type { Range } from './model.ts';

/** "3.1 ms", or "3.1 ms (2.9 ms to 4.4 ms)" over several runs. */
export function rangeText({ min, median, max }: Range, runs: number, name: (value: number) => string): string {
  return runs === 1 || min === max ? name(median) : `${name(median)} (${name(min)} to ${name(max)})`;
}

/** The same for a narrow column of a page: the spread under the median. */
export function rangeHtml({ min, median, max }: Range, runs: number, name: (value: number) => string): string {
  if (runs === 1 || min === max) return name(median);
  return `${name(median)}<span class="soft small spread">${name(min)} to ${name(max)}</span>`;
}
