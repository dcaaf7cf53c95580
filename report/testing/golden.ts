import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';

/** Compares with a file beside the test. `UPDATE_GOLDEN=1 node --test` writes it anew: look at the difference before you commit. */
export function assertGolden(file: URL, text: string): void {
  if (process.env['UPDATE_GOLDEN']) writeFileSync(file, text);
  assert.equal(text, readFileSync(file, 'utf8'), `${file.pathname} (UPDATE_GOLDEN=1 writes it anew)`);
}
