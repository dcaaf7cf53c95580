import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isRunning, owner } from './labels.ts';

it('knows that this process runs, and that no other with its number does', () => {
  assert.ok(isRunning(owner()));
  const [pid, start, boot] = owner().split(':');
  assert.ok(!isRunning(`${pid}:${Number(start) + 1}:${boot}`));
  assert.ok(!isRunning(`${pid}:${start}:another-boot`));
  for (const value of ['', '1', 'self:1:1', `../1:${start}:${boot}`]) assert.ok(!isRunning(value), value);
});
