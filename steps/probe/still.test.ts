import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Budget } from './budget.ts';
import { Patience } from './patience.ts';
import { Still, worstOf } from './still.ts';

test('the longest time within a look counts, and only the part of it that falls into the look', () => {
  const still = new Still();
  still.note(0, 1_000);
  still.note(2_000, 2_300);
  assert.equal(still.longest(900, 3_000), 300);
  assert.equal(still.longest(0, 950), 950);
  assert.equal(still.sum(900, 2_100), 200);
  assert.equal(still.longest(1_000, 2_000), 0);
  assert.deepEqual(
    worstOf(
      [
        { name: 'a', still: new Still() },
        { name: 'b', still },
      ],
      0,
      3_000,
    ),
    { who: 'b', ms: 1_000 },
  );
});

test("a budget's clock stands while nobody looked, and overlapping pauses count once", () => {
  const budget = new Budget(1_000_000);
  const now = performance.now();
  const looked = (from: number, to: number, isVoid = true) =>
    budget.looked({ launchedAt: now + from, endedAt: now + to, isVoid });
  looked(-50, 50);
  looked(100, 300);
  looked(200, 400);
  assert.ok(Math.abs(budget.spent + 450 - (performance.now() - now)) < 50, String(budget.spent));
  // a sound look under way meanwhile saw what there was to see
  looked(150, 250, false);
  assert.ok(Math.abs(budget.spent + 350 - (performance.now() - now)) < 50, String(budget.spent));
  assert.equal(budget.isOver, false);
});

test('an attempt waits four times as long as the slowest of the newest round trips, within bounds', () => {
  const patience = new Patience({ least: 500, most: 5_000 });
  assert.deepEqual([patience.timeoutMs, patience.answerMs], [500, 3_000]);
  patience.took(300);
  assert.deepEqual([patience.timeoutMs, patience.answerMs], [1_200, 3_700]);
  patience.took(5_000);
  assert.equal(patience.timeoutMs, 5_000);
  for (let i = 0; i < 100; i += 1) patience.took(1);
  assert.equal(patience.timeoutMs, 500);
});
