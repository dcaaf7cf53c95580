import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limiter } from './wait.ts';

test('no more than so many run at once, urgent ones go first, and a failure frees its place', async () => {
  const limit = limiter(2);
  let running = 0;
  let most = 0;
  const order: string[] = [];
  const work = (name: string) => async () => {
    running += 1;
    most = Math.max(most, running);
    order.push(name);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
    if (name === 'b') throw new Error('b');
  };
  const all = [limit(work('a')), limit(work('b')), limit(work('c')), limit(work('d')), limit(work('urgent'), true)];
  const results = await Promise.allSettled(all);
  assert.equal(most, 2);
  assert.deepEqual(order, ['a', 'b', 'urgent', 'c', 'd']);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
  );
});
