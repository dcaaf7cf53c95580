import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verdictOn } from './leftovers.ts';

const now = new Date('2026-11-26T12:00:00Z');
const at = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const goes = (run: { running?: boolean; minutes?: number }, asked: { run?: string; all?: boolean } = {}) =>
  verdictOn({ id: 'a', running: run.running, createdAt: at(run.minutes ?? 5) }, now, asked).goes;

test('a run that goes on stays, whatever its age, unless it is named', () => {
  assert.equal(goes({ running: true, minutes: 9_999 }), false);
  assert.equal(goes({ running: true }, { all: true }), false);
  assert.equal(goes({ running: true }, { run: 'a' }), true);
});

test('one that has ended goes; a named one is the only one to go', () => {
  assert.equal(goes({ running: false }), true);
  assert.equal(goes({ running: false }, { run: 'b' }), false);
});

test('of another machine, it goes when it is old or when all was said', () => {
  assert.equal(goes({ minutes: 60 }), false);
  assert.equal(goes({ minutes: 60 }, { all: true }), true);
  assert.equal(goes({ minutes: 121 }), true);
});
