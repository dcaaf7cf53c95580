import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duration, some } from './cells.ts';

const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;
const days = 24 * hours;

test('a span of time is shown in two units at most', () => {
  const cases: [number, string][] = [
    [-5 * seconds, '<invalid>'],
    [-1 * seconds, '0s'],
    [0, '0s'],
    [119.9 * seconds, '119s'],
    [2 * minutes, '2m'],
    [2 * minutes + 5 * seconds, '2m5s'],
    [10 * minutes + 5 * seconds, '10m'],
    [179 * minutes, '179m'],
    [3 * hours, '3h'],
    [3 * hours + 7 * minutes, '3h7m'],
    [47 * hours + 59 * minutes, '47h'],
    [2 * days, '2d'],
    [3 * days + 4 * hours, '3d4h'],
    [8 * days + 4 * hours, '8d'],
    [729 * days, '729d'],
    [731 * days, '2y1d'],
    [365 * 3 * days, '3y'],
    [365 * 9 * days, '9y'],
  ];
  for (const [span, text] of cases) assert.equal(duration(span), text);
});

test('of many only three are shown', () => {
  assert.equal(some([], '<none>'), '<none>');
  assert.equal(some(['a', 'b', 'c'], ''), 'a,b,c');
  assert.equal(some(['a', 'b', 'c', 'd', 'e'], ''), 'a,b,c + 2 more...');
});
