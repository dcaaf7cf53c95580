/**
 * `npm test`: every *.test.ts beside the code, then the end-to-end tests (*.e2e.ts) one at a time, since those time things and
 * use both cores. Closes with the plain counts of both. Arguments narrow it to files whose path contains one of them.
 * `npm run test:kind`: the tests on real clusters (*.kind.ts) in their place, which make an engine and images where those are missing.
 */
import { globSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const onKind = process.argv.includes('--kind');
const wanted = process.argv.slice(2).filter((argument) => argument !== '--kind');
const folders = ['bench', 'cli', 'clusters', 'load', 'reference', 'report', 'scripts', 'steps'];
const find = (ending: string) =>
  folders
    .flatMap((folder) => globSync(`${folder}/**/*${ending}`))
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .toSorted();

const counts = { passed: 0, failed: 0, skipped: 0 };

/** Runs files with node:test and adds to the counts. A file that crashes counts as a failed test. */
async function runFiles(files: string[], concurrency: number, minutes = 15): Promise<void> {
  if (files.length === 0) return;
  const stream = run({ files, concurrency, timeout: minutes * 60_000 });
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

if (onKind) {
  await runFiles(find('.kind.ts'), 1, 90);
} else {
  await runFiles(find('.test.ts'), 2);
  await runFiles(find('.e2e.ts'), 1);
}

console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
if (counts.passed === 0) console.log('no test ran');
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
