import { join } from 'node:path';
import { duration } from '../format.ts';
import { oneLine } from '../safe.ts';
import { mark, shortest } from '../text.ts';
import { verdict } from './headline.ts';
import { figureOf } from './marks.ts';
import type { Comparison } from './model.ts';

/** What a comparison came to, for a terminal. */
export function closingComparison(comparison: Comparison, directory: string): string {
  const width = Math.max(...comparison.columns.map(({ label }) => label.length));
  const columns = comparison.columns.map((column) => {
    // a leak that never ends has no figure: leak windows are for the page, which says so
    const figures = comparison.timings.slice(0, 1).flatMap(({ name, common }) => {
      const own = figureOf(common.figures, column.label);
      return own?.p95 === undefined ? [] : [`${name} p95 ${duration(own.p95)}`];
    });
    const problems = column.runs.flatMap(({ problems }) => problems).map((problem) => `\n    ${oneLine(problem)}`);
    return (
      `${mark[column.outcome]} ${column.label.padEnd(width)}  ` +
      `${[verdict(column), ...figures].join(', ')}${problems.join('')}`
    );
  });
  const differences = comparison.differences.map(({ sentence }) => `! ${sentence}`);
  return [...columns, ...differences, `  report  ${shortest(join(directory, 'compare.html'))}`].join('\n');
}
