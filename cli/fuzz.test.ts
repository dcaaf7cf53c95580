import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkFuzz, tagsWith, writeCases } from './fuzz.ts';
import { countScenarios } from './suite.ts';

function checked(flags: Parameters<typeof checkFuzz>[0]) {
  const mistakes: string[] = [];
  return { options: checkFuzz(flags, mistakes), mistakes };
}

test('cases have a seed, given or drawn', () => {
  assert.deepEqual(checked({}), { options: undefined, mistakes: [] });
  assert.deepEqual(checked({ fuzz: '5', seed: '7:12' }).options, { from: { seed: 7, number: 12 }, cases: 5 });
  const drawn = [checked({ fuzz: '5' }), checked({ fuzz: '5' })].map(({ options }) => options?.from.seed);
  assert.notEqual(drawn[0], drawn[1]);
});

test('each mistake has its sentence', () => {
  const { mistakes } = checked({ fuzz: 'many', seed: 'x' });
  assert.equal(mistakes.length, 2);
  assert.match(mistakes.join('\n'), /--seed takes .*"x"[\s\S]*--fuzz takes .*"many"/);
  assert.match(checked({ seed: '7' }).mistakes.join(), /--fuzz says how many/);
});

test('cases come in place of the scenarios, or beside those that tags select', () => {
  const fuzz = { from: { seed: 7, number: 1 }, cases: 3 };
  assert.deepEqual(
    [tagsWith(undefined, '@pods'), tagsWith(fuzz, ''), tagsWith(fuzz, '@pods or @services')],
    ['@pods', '@fuzz', '(@pods or @services) or @fuzz'],
  );
});

test('the feature that is written has one scenario per case, wherever the report is', async () => {
  const report = mkdtempSync(join(tmpdir(), 'netvet-fuzz-'));
  try {
    const generated = await writeCases({ from: { seed: 7, number: 12 }, cases: 30 }, report);
    assert.equal(await countScenarios('@fuzz', generated), 30);
  } finally {
    rmSync(report, { recursive: true, force: true });
  }
});
