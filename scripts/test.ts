/**
 * `npm test`: every *.test.ts beside the code, then the end-to-end tests (*.e2e.ts) one at a time, since those time things and
 * use both cores. Closes with the plain counts of both. Arguments narrow it to files whose path contains one of them.
 */
import { globSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const wanted = process.argv.slice(2);
const folders = ['cli', 'clusters', 'load', 'reference', 'report', 'scripts', 'steps'];
const find = (ending: string) =>
  folders
    .flatMap((folder) => globSync(`${folder}/**/*${ending}`))
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .toSorted();

const counts = { passed: 0, failed: 0, skipped: 0 };

/** Runs files with node:test and adds to the counts. A file that crashes counts as a failed test. */
async function runFiles(files: string[], concurrency: number): Promise<void> {
  if (files.length === 0) return;
  const stream = run({ files, concurrency, timeout: 15 * 60_000 });
  // suites are counted by the tests in them; a file that crashes is reported as a failed test
  stream.on('test:pass', ({ skip, todo, details }) => {
    if (details.type !== 'suite') counts[skip !== undefined || todo !== undefined ? 'skipped' : 'passed'] += 1;
  });
  stream.on('test:fail', ({ details }) => {
    if (details.type !== 'suite') counts.failed += 1;
  });
  const report = stream.compose(spec);
  for await (const chunk of report) process.stdout.write(chunk);
}

await runFiles(find('.test.ts'), 2);
await runFiles(find('.e2e.ts'), 1);

console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
if (counts.passed === 0) console.log('no test ran');
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
