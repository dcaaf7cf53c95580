import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Comparison } from '../../report/compare/model.ts';
import { packageRoot } from '../paths.ts';
import { netvet } from './netvet.ts';

// outside every directory that is private inside
const folder = mkdtempSync(join(homedir(), '.netvet-compare-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const read = (name: string) => JSON.parse(readFileSync(join(folder, name, 'compare.json'), 'utf8')) as Comparison;

/** A handful, some of which need policies. */
const tags = '@policy and not @load';

test('two CNIs are run one after the other, and what tells them apart is in every form', async () => {
  const { exitCode, stdout, stderr } = await netvet(
    ['compare', 'reference', 'ptp', '--tags', tags, '--report', join(folder, 'two'), '--json'],
    { cwd: folder },
  ).finished;
  assert.equal(exitCode, 0, stderr);
  const { columns, differing, features, scenarios } = read('two');
  assert.deepEqual(
    columns.map(({ label, outcome }) => [label, outcome]),
    [
      ['reference', 'passed'],
      ['ptp', 'failed'],
    ],
  );
  assert.ok(scenarios > 0 && differing > 0, `${differing} of ${scenarios} differ`);
  const behind = features
    .flatMap(({ cells }) => cells.filter(({ column }) => column === 'ptp'))
    .flatMap(({ failing }) => failing);
  assert.equal(behind.length, columns[1]?.summary.failed);
  assert.equal((JSON.parse(stdout.trim()) as unknown[]).length, 2);
  const html = readFileSync(join(folder, 'two/compare.html'), 'utf8');
  for (const { runs } of columns) assert.ok(html.includes(`href="${runs[0]?.href}"`), runs[0]?.href);

  // the same runs again, as stored ones
  const again = await netvet(['compare', join(folder, 'two/reference'), join(folder, 'two/ptp/run.json')], {
    cwd: folder,
  }).finished;
  assert.equal(again.exitCode, 0, again.stderr);
});

test('a CNI that cannot be installed is shown as broken, never as a pass, and the exit code is 3', async () => {
  // a machine without Go, where nothing has been built yet
  const bare = mkdtempSync(join(tmpdir(), 'netvet-bare-'));
  const path = (process.env['PATH'] ?? '')
    .split(':')
    .filter((each) => !/\bgo\b/.test(each))
    .join(':');
  const env = {
    XDG_CACHE_HOME: bare,
    PATH: path,
    GOTOOLCHAIN: 'local',
    GOPROXY: 'off',
    GOFLAGS: '-mod=mod',
    GOCACHE: bare,
    GOMODCACHE: join(bare, 'none'),
  };
  const { exitCode, stderr } = await netvet(['compare', 'ptp', '--report', join(folder, 'broken')], {
    cwd: folder,
    env,
  }).finished;
  rmSync(bare, { recursive: true, force: true });
  assert.equal(exitCode, 3, stderr);
  const { columns } = read('broken');
  assert.equal(columns[0]?.outcome, 'broken');
  assert.equal(columns[0]?.summary.passed, 0);
  assert.match(columns[0]?.runs[0]?.problems.join() ?? '', /netvet run ended with 3: /);
});

test('mistakes are told all at once, and nothing is started', async () => {
  const { exitCode, stderr } = await netvet([
    'compare',
    'duct-tape',
    join(packageRoot, 'package.json'),
    '--repeat',
    'x',
    '--tags',
    '@pods',
  ]).finished;
  assert.equal(exitCode, 2);
  const lines = stderr.trim().split('\n');
  assert.equal(lines.length, 4, stderr);
  for (const [i, word] of ['duct-tape', 'not a run', '--repeat', '--tags'].entries())
    assert.ok(lines[i]?.includes(word), stderr);
});

test('flags that netvet run does not take end it with 2', async () => {
  const { exitCode, stderr } = await netvet(
    ['compare', 'reference', '--tags', '@core and (', '--report', join(folder, 'flags')],
    { cwd: folder },
  ).finished;
  assert.equal(exitCode, 2, stderr);
  assert.match(stderr, /nothing was compared/);
});
