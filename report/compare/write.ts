import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { comparisonHtml } from './html/index.ts';
import { markdown } from './markdown.ts';
import type { Comparison } from './model.ts';

const writers: Record<string, (comparison: Comparison) => string> = {
  'compare.json': (comparison) => `${JSON.stringify(comparison, undefined, 2)}\n`,
  'compare.md': markdown,
  'compare.html': comparisonHtml,
};

/** Writes every form of a comparison into a directory, which is made; each file whole or not at all. */
export async function writeComparison(comparison: Comparison, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, write] of Object.entries(writers)) {
    const path = join(directory, name);
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      await writeFile(temporary, write(comparison));
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}
