import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Budget } from './budget.ts';
import { Patience } from './patience.ts';
import { harness, Still, worstOf } from './still.ts';

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
  /** The clock has stood for so long; a machine that stands still meanwhile is not the clock's affair. */
  const stands = (ms: number) => {
    const least = performance.now();
    const { spent } = budget;
    assert.ok(
      spent + ms > least - now - harness.sum(now, least) - 50 && spent + ms < performance.now() - now + 50,
      String(spent),
    );
  };
  const looked = (from: number, to: number, isVoid = true) =>
    budget.looked({ launchedAt: now + from, endedAt: now + to, isVoid });
  looked(-50, 50);
  looked(100, 300);
  looked(200, 400);
  stands(450);
  // a sound look under way meanwhile saw what there was to see
  looked(150, 250, false);
  stands(350);
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
