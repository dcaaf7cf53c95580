import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');

/** Directories of tracked files, to the second level. */
function directories(): string[] {
  const { stdout } = spawnSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
  const folders = stdout.split('\0').map((file) => file.split('/').slice(0, -1));
  const paths = folders.flatMap(([top, part]) => [top ?? '', `${top}/${part}`].slice(0, part === undefined ? 1 : 2));
  return [...new Set(paths)].filter((path) => path !== '' && !path.startsWith('.')).toSorted();
}

/** The same by the tree in docs/architecture.md, where each has its line. */
function described(): string[] {
  const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  let top = '';
  return [...page.matchAll(/^( {2})?([a-z0-9-]+)\/ +\S.*$/gm)].map(([, isPart, name = '']) => {
    if (isPart === undefined) top = name;
    return isPart === undefined ? name : `${top}/${name}`;
  });
}

test('docs/architecture.md has a line for every folder and its parts, and for nothing else', () => {
  assert.deepEqual(described().toSorted(), directories());
});

test('the files that it names exist', () => {
  const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const { stdout } = spawnSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' });
  const tracked = new Set(stdout.split('\n'));
  const named = [...page.matchAll(/`((?:cli|steps|report|reference|clusters)\/[\w/.-]+\.ts)`/g)].map(
    ([, path]) => path,
  );
  assert.deepEqual(
    named.filter((path) => !tracked.has(path ?? '')),
    [],
  );
});
