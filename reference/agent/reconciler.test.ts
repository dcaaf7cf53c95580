import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aSnapshot } from '../model/fixtures.ts';
import { model } from '../model/index.ts';
import { Reconciler } from './reconciler.ts';

/** A reconciler whose passes take `passMs` of its clock, which moves by hand. */
function reconciler(passMs: number) {
  const clock = { ms: 0 };
  let passes = 0;
  const made = new Reconciler({
    snapshot: () => aSnapshot({}),
    model,
    mutant: (desired) => desired,
    apply: async () => {
      clock.ms += passMs;
      passes += 1;
      return { problems: new Map(), settled: Promise.resolve() };
    },
    applied: () => {},
    log: () => {},
    now: () => clock.ms,
  });
  return { made, clock, passes: () => passes };
}

test('after a quiet time a change is not kept waiting, however long the last pass took', async (t) => {
  const { made, clock, passes } = reconciler(800);
  await made.sync();
  clock.ms += 5000;
  t.mock.timers.enable({ apis: ['setTimeout'] });
  made.kick();
  t.mock.timers.tick(5);
  await made.stop();
  assert.equal(passes(), 2);
});

test('right after a pass changes are gathered for as long as it took', async (t) => {
  const { made, clock, passes } = reconciler(800);
  await made.sync();
  clock.ms += 100;
  t.mock.timers.enable({ apis: ['setTimeout'] });
  made.kick();
  t.mock.timers.tick(699);
  made.kick();
  assert.equal(passes(), 1);
  t.mock.timers.tick(1);
  await made.stop();
  assert.equal(passes(), 2);
});

test('whoever waits for a pass gets one that begins after the call', async () => {
  const { made, passes } = reconciler(1);
  await Promise.all([made.sync(), made.sync()]);
  assert.equal(passes(), 1);
  await made.sync();
  assert.equal(passes(), 2);
});

test('what closes something hardly waits, however many there are, and does not take all the time', async (t) => {
  const { made, clock, passes } = reconciler(800);
  await made.sync();
  t.mock.timers.enable({ apis: ['setTimeout'] });
  made.kick();
  for (let ms = 0; ms < 50; ms += 1) {
    made.hurry();
    t.mock.timers.tick(1);
  }
  await made.sync();
  assert.equal(passes(), 2);
  clock.ms += 1000;
  made.hurry();
  t.mock.timers.tick(5);
  await made.stop();
  assert.equal(passes(), 3);
});
