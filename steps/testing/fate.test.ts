import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fateOf } from '../held.ts';

test('an open connection was kept, cut, or cut after a while', () => {
  const at = 1_000;
  assert.deepEqual(fateOf({ state: 'open', silentMs: 12, lastEcho: 3_000 }, at), { word: 'kept' });
  assert.deepEqual(fateOf({ state: 'open', silentMs: 900, lastEcho: 990 }, at), { word: 'cut', afterMs: 0 });
  const late = { word: 'cut after 240 ms', afterMs: 240 };
  assert.deepEqual(fateOf({ state: 'open', silentMs: 900, lastEcho: 1_240 }, at), late, 'silence is a cut');
  assert.deepEqual(fateOf({ state: 'closed', silentMs: 5, lastEcho: 1_240.2 }, at), late, 'however short ago');
});
