import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Loss } from './loss.ts';
import { Truce } from './truce.ts';

test('the first accidents are put right at once, a burst counts once, and in a fight the wait grows', () => {
  const truce = new Truce();
  assert.equal(truce.disturbed(0), 0);
  assert.equal(truce.disturbed(50), 150);
  assert.equal(truce.fights(50), 0);
  const waits = [2, 4, 6, 8, 10, 12, 16, 22, 40, 70].map((seconds) => truce.disturbed(seconds * 1000));
  assert.deepEqual(waits, [0, 0, 0, 0, 1000, 2000, 4000, 8000, 16_000, 30_000]);
  assert.equal(truce.fights(70_000), 11);
});

test('a fight is over after a minute of peace, and forgotten after five', () => {
  const truce = new Truce();
  for (let second = 0; second < 12; second += 2) truce.disturbed(second * 1000);
  assert.deepEqual([truce.fights(11_000), truce.fights(71_000)], [6, 0]);
  assert.equal(truce.disturbed(400_000), 0);
});

function aLoss() {
  let now = 0;
  const [told, repairs]: [string[], number[]] = [[], []];
  const loss = new Loss({
    what: 'the rules',
    repair: () => void repairs.push(now),
    tell: (reason, message) => void told.push(`${reason}: ${message}`),
    log: () => {},
    now: () => now,
  });
  return { loss, told, repairs, at: (ms: number) => (now = ms) };
}

test('from the notice to the end of the pass: how long that was is kept and said', () => {
  const { loss, told, repairs, at } = aLoss();
  at(1000);
  loss.notice('process 7 (firewalld)');
  loss.notice('process 7 (firewalld)');
  assert.deepEqual([repairs, loss.isDue], [[1000], true]);
  loss.takeInHand();
  at(1040);
  loss.restored();
  assert.deepEqual([loss.state, loss.isDue], [{ repairs: 1, lastMs: 40, longestMs: 40 }, false]);
  assert.match(
    told.join(),
    /^NetworkRepaired: another program \(process 7 \(firewalld\)\) changed the rules: put back 40/,
  );
});

test('what comes while a pass is under way is put right by the next one, and so is what a failed pass left', () => {
  const { loss, repairs, at } = aLoss();
  loss.notice('one');
  loss.takeInHand();
  at(300);
  loss.notice('another');
  loss.restored();
  assert.deepEqual([loss.isDue, repairs.length, loss.state.repairs], [true, 2, 0]);
  loss.takeInHand();
  // it fails, and the next one begins
  loss.takeInHand();
  loss.restored();
  assert.deepEqual([loss.isDue, loss.state.repairs], [false, 1]);
});

test('in a fight the repair waits, and it is said that there is one', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { loss, told, repairs, at } = aLoss();
  for (let second = 0; second < 12; second += 2) {
    at(second * 1000);
    loss.notice('process 7 (firewalld)');
    if (second === 10) break;
    loss.takeInHand();
    loss.restored();
  }
  assert.deepEqual([loss.isDue, repairs.length], [false, 5]);
  assert.match(
    told.at(-1) ?? '',
    /^NetworkFight: another program \(process 7 \(firewalld\)\) keeps changing the rules, 6/,
  );
  assert.equal(loss.fights().length, 1);
  t.mock.timers.tick(1000);
  assert.deepEqual([loss.isDue, repairs.length], [true, 6]);
});
