/**
 * `npm test`: every *.test.ts beside the code, then the end-to-end tests (*.e2e.ts). Arguments: parts of paths. `npm
 * run test:kind`: on a real cluster cli/e2e/suite.kind.ts, or with arguments those *.kind.ts. `npm run test:full`: all
 * of these, and each of them whole. Says what the machine was at when a test failed, and which files took longest.
 */
import { globSync } from 'node:fs';
import { relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { machineNow } from './test/machine.ts';

const options = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const wanted = process.argv.slice(2).filter((argument) => !options.includes(argument));
const isFull = options.includes('--full');
// read by the tests that have a part for every change and a whole
if (isFull) process.env['NETVET_TEST_FULL'] = '1';
const folders = ['bench', 'cli', 'clusters', 'load', 'reference', 'report', 'scripts', 'steps'];
const find = (ending: string) =>
  folders
    .flatMap((folder) => globSync(`${folder}/**/*${ending}`))
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .toSorted();

const counts = { passed: 0, failed: 0, skipped: 0 };
const seconds = new Map<string, number>();
const told = new Set<string>();

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
  // unlike the two above this comes at once, and for whole files too
  stream.on('test:complete', ({ name, file = '', details }) => {
    const where = relative(process.cwd(), file);
    const took = details.duration_ms / 1000;
    const isFile = name === where;
    if (isFile) seconds.set(where, took);
    // a file says no more than its tests, unless it crashed
    if (details.passed || details.type === 'suite' || (isFile && told.has(where))) return;
    told.add(where);
    console.log([`! ${where}: "${name}" failed after ${took.toFixed(1)} s`, ...machineNow()].join('\n!   '));
  });
  const report = stream.compose(spec);
  for await (const chunk of report) process.stdout.write(chunk);
}

const onKind = options.includes('--kind');
if (!onKind) {
  await runFiles(find('.test.ts'), 2);
  // those of the clusters wait more than they work; whole runs use both cores, and are watched for what they leave
  const whole = find('.e2e.ts').filter((file) => file.startsWith('cli/'));
  const others = find('.e2e.ts').filter((file) => !whole.includes(file));
  await runFiles(others, 2);
  await runFiles(whole, 1);
}
if (isFull || (onKind && wanted.length > 0)) await runFiles(find('.kind.ts'), 1, 90);
else if (onKind) await runFiles(['cli/e2e/suite.kind.ts'], 1, 90);

const slowest = [...seconds].toSorted(([, a], [, b]) => b - a).slice(0, 10);
console.log(`longest: ${slowest.map(([file, took]) => `${file} ${took.toFixed(0)} s`).join(', ')}`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
if (counts.passed === 0) console.log('no test ran');
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
