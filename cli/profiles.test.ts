import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { profileNames as loadProfileNames, profileOf as loadProfileOf, profileFile } from '../load/index.ts';
import type { Profile } from '../report/index.ts';
import { readThresholds } from './load/options.ts';
import { packageRoot } from './paths.ts';
import { findProfile, profileNames } from './profiles.ts';

const directory = await mkdtemp(join(tmpdir(), 'netvet-profiles-'));
after(() => rm(directory, { recursive: true }));

function written(text: string): string {
  const file = join(directory, 'mine.json');
  writeFileSync(file, text);
  return file;
}

/** The mistakes in a profile, without the file's name, which each begins with. */
function mistakesIn(profile: unknown): string[] {
  const file = written(JSON.stringify(profile));
  const mistakes: string[] = [];
  assert.equal(findProfile(file, mistakes), undefined);
  return mistakes.map((mistake) => {
    assert.ok(mistake.startsWith(`--profile ${file}: `), mistake);
    return mistake.slice(`--profile ${file}: `.length);
  });
}

const fine = {
  changeMs: 20_000,
  attemptMs: { least: 500, most: 5_000 },
  gapMs: { attempts: 5_000, pages: 3_000 },
  limits: [{ figure: 'convergence', area: 'policies', p95Ms: 1_000, maxMs: 3_000 }],
};

test("netvet's own profiles are right, and a file of one's own is called by its name", () => {
  const mistakes: string[] = [];
  for (const name of profileNames()) assert.equal(findProfile(name, mistakes)?.name, name);
  const file = written(JSON.stringify({ about: 'mine', ...fine }));
  assert.deepEqual(findProfile(file, mistakes), { ...fine, name: file });
  assert.deepEqual(mistakes, []);
  assert.deepEqual(profileNames(), ['default', 'slow', 'strict']);
});

test('strict bounds both figures of every area that follows changes', () => {
  const areas = readdirSync(join(packageRoot, 'features')).filter((area) => area !== 'load');
  const bounded = findProfile('strict', [])?.limits.map(({ area, figure }) => `${area}: ${figure}`);
  assert.deepEqual(
    bounded?.toSorted(),
    areas.flatMap((area) => [`${area}: convergence`, `${area}: leak window`]).toSorted(),
  );
});

test('slow allows more than default everywhere, and strict never more', () => {
  const [usual, slow, strict] = ['default', 'slow', 'strict'].map((name) => findProfile(name, []));
  assert.ok(usual && slow && strict);
  const numbers = ({ changeMs, attemptMs, gapMs }: typeof usual) => [
    changeMs,
    attemptMs.least,
    attemptMs.most,
    gapMs.attempts,
    gapMs.pages,
  ];
  for (const [i, number] of numbers(usual).entries()) {
    assert.ok((numbers(slow)[i] as number) > number);
    assert.ok((numbers(strict)[i] as number) <= number);
  }
});

test('docs/profiles.md has the numbers of the files', () => {
  const rows = readFileSync(join(packageRoot, 'docs/profiles.md'), 'utf8').matchAll(/^\| `(.*?)` \|.*?\| (.*) \|$/gm);
  const told = new Map([...rows].map(([, field, cells]) => [field, cells?.split('|').map((cell) => cell.trim())]));
  const profiles = ['default', 'strict', 'slow'].map((name) => findProfile(name, []));
  const shown = (ms: number | undefined) => ms?.toLocaleString('en') ?? '';
  const columns = (of: (profile: Profile) => number | undefined) => profiles.map((each) => shown(each && of(each)));
  assert.deepEqual(
    told.get('changeMs'),
    columns(({ changeMs }) => changeMs),
  );
  assert.deepEqual(
    told.get('everyMs'),
    columns(({ everyMs }) => everyMs),
  );
  assert.deepEqual(
    told.get('attemptMs.least'),
    columns(({ attemptMs }) => attemptMs.least),
  );
  assert.deepEqual(
    told.get('attemptMs.most'),
    columns(({ attemptMs }) => attemptMs.most),
  );
  assert.deepEqual(
    told.get('gapMs.attempts'),
    columns(({ gapMs }) => gapMs.attempts),
  );
  assert.deepEqual(
    told.get('gapMs.pages'),
    columns(({ gapMs }) => gapMs.pages),
  );
});

test('every mistake in a profile gets its sentence, all at once', () => {
  const wrong = {
    ...fine,
    changeMs: 0,
    everyMs: '20',
    attemptMs: { least: 600, most: 500 },
    gapMs: { attempts: 1, page: 1 },
    limits: [
      { figure: 'convergence', area: 'moon', p95Ms: 1, maxMs: 2 },
      { figure: 'stable', area: 'policies', p95Ms: 3, maxMs: 2 },
      { figure: 'leak window', area: 'policies', p95Ms: 3, maxMs: 2 },
    ],
    maxMs: 1,
  };
  assert.deepEqual(mistakesIn(wrong), [
    'maxMs is none of about, changeMs, everyMs, attemptMs, gapMs, limits',
    'changeMs is not a whole number from 1 to 600000',
    'everyMs is not a whole number from 1 to 600000',
    'attemptMs.least is more than its most',
    'gapMs.page is none of attempts, pages',
    'gapMs.pages is not a whole number from 1 to 600000',
    'limits[0].area is not one of application, load, nodes, pods, policies, services',
    'limits[1].figure is not one of convergence, leak window',
    'limits[2].p95Ms is more than its maxMs',
  ]);
  assert.deepEqual(mistakesIn([]), ['the file is not an object']);
  assert.equal(mistakesIn({}).length, 4, 'each bound that is missing');
});

test('a profile that is not there, and one that is not JSON', () => {
  const mistakes: string[] = [];
  assert.equal(findProfile('lenient', mistakes), undefined);
  const file = written('{');
  assert.equal(findProfile(file, mistakes), undefined);
  assert.equal(findProfile(directory, mistakes), undefined);
  assert.equal(mistakes.length, 3);
  assert.equal(mistakes[0], '--profile takes default, slow, strict or a file, and "lenient" is neither');
  assert.ok(mistakes[1]?.startsWith(`--profile ${file} is not JSON: `), mistakes[1]);
  assert.ok(mistakes[2]?.startsWith(`--profile ${directory} cannot be read: `), mistakes[2]);
});

test("netvet's own thresholds of load are right", () => {
  const mistakes: string[] = [];
  for (const name of loadProfileNames()) {
    const found = readThresholds(profileFile(name), name, mistakes);
    assert.deepEqual(found, loadProfileOf(name));
    assert.equal(found?.churn['rolling update'], 0);
  }
  assert.deepEqual(mistakes, []);
});

test('thresholds of load have every mistake told at once', () => {
  const mistakes: string[] = [];
  const file = written('{"lost": -1, "differenceMs": {"service": "x", "moon": 1}, "churn": 3, "p99": 1}');
  assert.equal(readThresholds(file, 'mine.json', mistakes), undefined);
  assert.equal(mistakes.length, 5, mistakes.join('\n'));
  for (const mistake of mistakes) assert.match(mistake, /^mine\.json/);
});
