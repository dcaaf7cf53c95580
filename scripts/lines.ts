/** Lists the tracked lines that are longer than they may be, as file:line. A part of `npm run check`. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const endings = ['ts', 'js', 'sh', 'md', 'feature'].map((ending) => `*.${ending}`);

/** Rows of Markdown tables and addresses are exempt; rows of outlines and data tables may have 160 columns. */
function tooLong(file: string, line: string): boolean {
  const row = /^\s*\|/.test(line);
  if (row && file.endsWith('.md')) return false;
  return line.replaceAll(/https?:\/\/[^\s)]+/g, '').length > (row && file.endsWith('.feature') ? 160 : 120);
}

const listed = spawnSync('git', ['ls-files', '-z', '--', ...endings], { encoding: 'utf8' });
const lines = listed.stdout
  .split('\0')
  .filter((file) => file !== '' && existsSync(file))
  .flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line, i) => ({ file, line, number: i + 1 })),
  );
const long = lines.filter(({ file, line }) => tooLong(file, line));
for (const { file, line, number } of long) console.log(`${file}:${number}: ${line.length} columns`);
process.exitCode = listed.status === 0 && long.length === 0 ? 0 : 1;
