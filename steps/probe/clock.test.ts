import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock } from './clock.ts';

test('the shortest round trip decides, and says how precise it is', () => {
  const clock = new Clock();
  clock.sample(1_000, 1_040, 520);
  clock.sample(2_000, 2_002, 1_501);
  clock.sample(3_000, 3_100, 2_600);
  assert.equal(clock.toHarness(0), 500);
  assert.equal(clock.precisionAt(2_002), 1);
});

test('what the clocks may have drifted since is a part of the precision: 500 ppm', () => {
  const clock = new Clock();
  clock.sample(2_000, 2_002, 1_501);
  assert.equal(clock.precisionAt(22_002), 11);
});

test('old samples are forgotten, so that a drifting clock is followed', () => {
  const clock = new Clock();
  clock.sample(0, 0.1, 0);
  for (let i = 0; i < 16; i += 1) clock.sample(1_000 + i, 1_001 + i, 900 + i);
  assert.equal(Math.round(clock.toHarness(0)), 101);
});

test('nothing is known before the first sample', () => {
  assert.equal(new Clock().precision, Number.POSITIVE_INFINITY);
});
