import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from './turns.ts';

test('changes are made one after the other, those after one that failed too', async () => {
  const turns = new Turns();
  const done: string[] = [];
  const first = turns.run(async () => {
    await new Promise(setImmediate);
    done.push('first');
    throw new Error('no');
  });
  const second = turns.run(async () => void done.push('second'));
  await assert.rejects(first);
  await second;
  assert.deepEqual(done, ['first', 'second']);
});

test('a change does not wait for a look, and a look waits for a change', async () => {
  const turns = new Turns();
  const looking = Promise.withResolvers<boolean>();
  let looks = 0;
  const look = turns.look(async () => {
    looks += 1;
    return looks > 1 || looking.promise;
  });
  const changing = Promise.withResolvers<void>();
  let isMade = false;
  await turns.run(async () => void (isMade = true));
  assert.ok(isMade);
  const change = turns.run(() => changing.promise);
  // a "no" says nothing when changes came into it: it is asked again, when they are made
  looking.resolve(false);
  await new Promise(setImmediate);
  assert.equal(looks, 1);
  changing.resolve();
  await change;
  assert.equal(await look, true);
  assert.equal(looks, 2);
});

test('a look that changes come into again and again takes a turn', async () => {
  const turns = new Turns();
  let looks = 0;
  const found = await turns.look(async () => {
    looks += 1;
    // the fourth one has its turn, in which no other change can be made
    if (looks < 4) await turns.run(async () => {});
    return false;
  });
  assert.deepEqual([found, looks], [false, 4]);
});
