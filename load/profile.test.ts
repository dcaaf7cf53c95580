import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parseProfile, profileFile, profileNames, profileOf } from './index.ts';

describe('profiles', () => {
  for (const name of profileNames()) {
    it(`${name} is one`, () => {
      const parsed = parseProfile(readFileSync(profileFile(name), 'utf8'), name);
      assert.deepEqual(parsed, { profile: profileOf(name) });
      assert.equal(profileOf(name).churn['rolling update'], 0);
    });
  }

  it('have every mistake told at once', () => {
    const text = '{"lost": -1, "differenceMs": {"service": "x", "moon": 1}, "churn": 3, "p99": 1}';
    const parsed = parseProfile(text, 'mine.json');
    assert.ok('mistakes' in parsed);
    assert.equal(parsed.mistakes.length, 5, parsed.mistakes.join('\n'));
    for (const mistake of parsed.mistakes) assert.match(mistake, /^mine\.json/);
  });

  it('are refused when they are not JSON', () => {
    assert.match(JSON.stringify(parseProfile('{', 'mine.json')), /mine\.json is not JSON/);
  });
});
