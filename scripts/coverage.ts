/** `node scripts/coverage.ts`: what is wrong with the tables of docs/coverage.md; `--write` makes the page anew. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { allScenarios } from '../cli/suite.ts';
import { page } from './coverage/page.ts';
import { mistakesIn, tables } from './coverage/tables.ts';

const scenarios = await allScenarios();
const all = tables();
const mistakes = mistakesIn(all, new Set(scenarios.map(({ id }) => id)));
for (const mistake of mistakes) console.error(mistake);
if (mistakes.length > 0) process.exitCode = 1;
else if (process.argv.includes('--write')) {
  writeFileSync(resolve(import.meta.dirname, '../docs/coverage.md'), page(all, scenarios));
  console.log('docs/coverage.md');
}
