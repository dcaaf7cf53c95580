import { writeFiles } from '../write.ts';
import { comparisonHtml } from './html/index.ts';
import { markdown } from './markdown.ts';
import type { Comparison } from './model.ts';

export { compareRuns } from './compare.ts';
export type { Entry } from './model.ts';
export { readRun } from './read.ts';
export { closingComparison } from './text.ts';

/** Writes every form of a comparison into a directory, which is made; each file whole or not at all. */
export const writeComparison = (comparison: Comparison, directory: string): Promise<void> =>
  writeFiles(directory, {
    'compare.json': () => `${JSON.stringify(comparison, undefined, 2)}\n`,
    'compare.md': () => markdown(comparison),
    'compare.html': () => comparisonHtml(comparison),
  });
